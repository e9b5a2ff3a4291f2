import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { SigningKey } from '../azure/entra/signing-key.ts';
import type { HttpFront } from '../host/http-front.ts';
import type { LocalPerson } from '../landscape/local-person.ts';
import { AccessTokenError, isAccessToken, readAccessToken } from './access-tokens.ts';
import { type Answer, problem, send } from './answer.ts';
import { sessionOfCookies } from './cookies.ts';
import {
  type Caller,
  principalHeaders,
  principalOfPerson,
  principalOfToken,
  withoutReservedHeaders,
} from './principal.ts';
import { isForThisMachine } from './request-origin.ts';
import { SessionError, Sessions } from './sessions.ts';
import { type CodeOf, SignIn } from './sign-in.ts';

export interface EasyAuthOptions {
  readonly people: readonly LocalPerson[];
  readonly tenantName: (tenantId: string) => string;
  /** What a person has to type to sign in; without it nothing. */
  readonly codeOf?: CodeOf | undefined;
  /** Signs the sessions. */
  readonly sessionKey: Uint8Array;
  /** Of the emulated Entra ID, whose access tokens are believed; without it none are. */
  readonly signingKey: SigningKey | undefined;
  /** Tells the app that a principal comes from here; the app setting VNETV_LOCAL_PRINCIPAL_KEY. */
  readonly principalKey: string;
}

/**
 * Stands in front of the app as App Service authentication ("Easy Auth") does in Azure: signs people
 * in below `/.auth`, takes away what clients say about their identity, and tells the app who is signed in.
 * Requests of nobody go on without a principal: what they may do is for the app to decide.
 */
export class EasyAuth implements HttpFront {
  readonly #options: EasyAuthOptions;
  readonly #sessions: Sessions;
  readonly #signIn: SignIn;

  constructor(options: EasyAuthOptions) {
    const { people, tenantName, sessionKey, codeOf } = options;
    this.#options = options;
    this.#sessions = new Sessions(people, sessionKey);
    this.#signIn = new SignIn({ people, tenantName, codeOf, sessions: this.#sessions });
  }

  async receive(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<IncomingHttpHeaders | undefined> {
    const outcome = await this.#judge(request);
    if ('headers' in outcome) return outcome.headers;
    send(request, response, outcome.answer);
    return undefined;
  }

  async #judge(
    request: IncomingMessage,
  ): Promise<{ readonly answer: Answer } | { readonly headers: IncomingHttpHeaders }> {
    if (!isForThisMachine(request.headers)) return { answer: notHere };
    // A proxy is asked for whole URLs; what they name is none of this platform's business.
    if (!request.url?.startsWith('/')) return { answer: noPath };
    try {
      const caller = await this.#caller(request.headers);
      return SignIn.isIts(request)
        ? { answer: await this.#signIn.answer(request, caller) }
        : { headers: this.#headersFor(request.headers, caller) };
    } catch (error) {
      if (error instanceof SessionError || error instanceof AccessTokenError) {
        return { answer: tokenRefused(error.message) };
      }
      throw error;
    }
  }

  #headersFor(headers: IncomingHttpHeaders, caller: Caller | undefined): IncomingHttpHeaders {
    const kept = withoutReservedHeaders(headers);
    if (!caller) return kept;
    const { principalKey } = this.#options;
    return {
      ...kept,
      ...principalHeaders(caller.principal),
      'x-vnetv-principal-key': principalKey,
    };
  }

  /**
   * A bearer token says who sends the request; without one the cookie does. A wrong token is refused,
   * a cookie that is no longer good is as none.
   */
  async #caller(headers: IncomingHttpHeaders): Promise<Caller | undefined> {
    const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
    if (bearer !== undefined && isAccessToken(bearer)) {
      const { signingKey } = this.#options;
      if (!signingKey) throw new AccessTokenError('Programs sign in at /.auth/login/local here.');
      const claims = await readAccessToken(signingKey, bearer);
      return { principal: principalOfToken(claims) };
    }
    if (bearer !== undefined) return callerOf(await this.#sessions.read(bearer));
    const cookie = sessionOfCookies(headers.cookie);
    if (cookie === undefined) return undefined;
    try {
      return callerOf(await this.#sessions.read(cookie));
    } catch (error) {
      if (error instanceof SessionError) return undefined;
      throw error;
    }
  }
}

function callerOf(person: LocalPerson): Caller {
  return { person, principal: principalOfPerson(person) };
}

const notHere = problem(
  421,
  'The local platform answers this machine only.',
  'Open it as http://127.0.0.1 or http://localhost, with its port.',
);

const noPath = problem(400, 'This is no address of the local platform.', 'Ask for a path.');

function tokenRefused(why: string): Answer {
  const challenge = `Bearer error="invalid_token", error_description="${why}"`;
  const headers = { 'www-authenticate': challenge };
  return problem(401, 'The bearer token is not accepted.', why, headers);
}
