/** Keeps what somebody has typed until it is sent: a reload or a new sign-in loses nothing. Only in this tab. */
export function readDraft<T extends object>(name: string, empty: T): T {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(`draft:${name}`) ?? 'null');
    return typeof kept === 'object' && kept !== null ? { ...empty, ...kept } : empty;
  } catch {
    return empty;
  }
}

export function keepDraft(name: string, draft: object): void {
  try {
    sessionStorage.setItem(`draft:${name}`, JSON.stringify(draft));
  } catch {
    // Storage may be forbidden or full; the draft then lasts until the page is left.
  }
}

export function dropDraft(name: string): void {
  try {
    sessionStorage.removeItem(`draft:${name}`);
    sessionStorage.removeItem(`key:${name}`);
  } catch {
    // See above.
  }
}

/**
 * The key that makes sending the same content twice one request: it stays the same while the content does, also over a
 * reload in the middle of sending.
 */
export function idempotencyKeyFor(name: string, content: string): string {
  const made = (): string => crypto.randomUUID();
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(`key:${name}`) ?? 'null');
    if (isKept(kept) && kept.content === content) return kept.key;
    const key = made();
    sessionStorage.setItem(`key:${name}`, JSON.stringify({ key, content }));
    return key;
  } catch {
    return made();
  }
}

const isKept = (kept: unknown): kept is { key: string; content: string } =>
  typeof kept === 'object' && kept !== null && 'key' in kept && 'content' in kept;
