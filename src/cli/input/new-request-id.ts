/** Without letters and digits that look alike. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const length = 8;

/** An id for a request that belongs to no ticket: `CLI-20261128-7K3QF9XT`. */
export function newRequestId(now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  const chosen = [...crypto.getRandomValues(new Uint8Array(length))].map(
    (byte) => alphabet[byte % alphabet.length],
  );
  return `CLI-${day}-${chosen.join('')}`;
}
