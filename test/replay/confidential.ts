import type { PlatformReady } from '../../src/local/ready-file.ts';

/** What must never be stored in plain text, by what it looks like (rule 6 of the design). */
const confidential: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a JSON Web Token', /\beyJ[\w-]{8,}/],
  ['a bearer token', /\bBearer\s+[\w.~+/-]{16,}/i],
  ['a signed URL', /[?&](s|sig|c|h|t|se|sp)=[\w%+/=-]/i],
  ['a named secret', /(client_?secret|client_assertion|access_?token|SharedAccessKey|password)/i],
  ['something too long for a name', /[\w+=-]{100,}/],
];

/** What of a text is confidential; empty when nothing is. `known` are the secrets themselves. */
export function findConfidential(text: string, known: readonly string[] = []): string[] {
  const looks = confidential.flatMap(([what, pattern]) => {
    const found = pattern.exec(text);
    return found ? [`${what}: ${found[0].slice(0, 12)}...`] : [];
  });
  return [...looks, ...known.filter((secret) => text.includes(secret)).map(() => 'a known secret')];
}

/** The secrets of everybody who talks to the emulated Azure. */
export const secretsOf = (ready: PlatformReady): string[] =>
  [...ready.applications, ...ready.administrators].map(({ clientSecret }) => clientSecret);
