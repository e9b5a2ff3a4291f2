import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { LocalPerson } from '../landscape/local-person.ts';

/** As App Service authentication. */
export const sessionLifetimeSeconds = 8 * 3600;

const issuer = 'vnet-vending-local-sign-in';
const keyBytes = 32;

/** Thrown for a token that opens no session; the message is for the person who sent it. */
export class SessionError extends Error {}

/**
 * Sessions are signed tokens that name a person: nothing is kept but the key, so that they outlive
 * a restart. What the person may do is looked up at each use. Like all tokens here they live on real time.
 */
export class Sessions {
  readonly #people: readonly LocalPerson[];
  readonly #key: Uint8Array;

  constructor(people: readonly LocalPerson[], key: Uint8Array) {
    this.#people = people;
    this.#key = key;
  }

  async open(person: LocalPerson): Promise<{ readonly token: string; readonly expiresAt: Date }> {
    const now = Math.floor(Date.now() / 1000);
    const expiresAt = now + sessionLifetimeSeconds;
    const token = await new SignJWT({ oid: person.objectId, tid: person.tenantId })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(issuer)
      .setSubject(person.key)
      .setIssuedAt(now)
      .setExpirationTime(expiresAt)
      .sign(this.#key);
    return { token, expiresAt: new Date(expiresAt * 1000) };
  }

  /** @throws SessionError when the token opens no session */
  async read(token: string): Promise<LocalPerson> {
    const { sub, oid, tid } = await this.#verify(token);
    const person = this.#people.find(
      ({ key, objectId, tenantId }) => key === sub && objectId === oid && tenantId === tid,
    );
    if (!person) throw new SessionError('Nobody of this landscape has this session; sign in anew.');
    return person;
  }

  async #verify(token: string) {
    try {
      const requiredClaims = ['exp', 'sub'];
      const options = { issuer, algorithms: ['HS256'], requiredClaims };
      return (await jwtVerify(token, this.#key, options)).payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new SessionError('The session has expired; sign in anew.');
      }
      if (!(error instanceof errors.JOSEError)) throw error;
      throw new SessionError('The session is none of this platform; sign in here.');
    }
  }
}

/** The key of a data folder, made on the first start. Only the owner of the folder may read it. */
export function loadSessionKey(file: string): Uint8Array {
  try {
    // Fails when it is there already: of two processes one key wins.
    writeFileSync(file, randomBytes(keyBytes), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = readFileSync(file);
  if (key.length === keyBytes) return key;
  throw new Error(
    `The key of the local sign-in, '${file}', is damaged. Delete it; everybody then signs in anew.`,
  );
}
