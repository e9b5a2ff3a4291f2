/** Tenants of the tokens in a header, in order. */
export function tenantsIn(header: string | string[] | undefined): readonly string[] {
  return String(header ?? '')
    .split(', ')
    .filter(Boolean)
    .map((value) => {
      const payload = value.replace('Bearer ', '').split('.')[1] ?? '';
      return JSON.parse(Buffer.from(payload, 'base64url').toString()).tid as string;
    });
}
