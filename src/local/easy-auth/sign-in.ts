import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { LocalPerson } from '../landscape/local-person.ts';
import { type Answer, json, problem, redirect } from './answer.ts';
import { endSessionCookie, sessionCookie } from './cookies.ts';
import type { Caller, Principal } from './principal.ts';
import { redirectTarget } from './redirect-target.ts';
import { isFromForeignPage } from './request-origin.ts';
import type { Sessions } from './sessions.ts';
import { readForm } from './sign-in-form.ts';
import { signInPage } from './sign-in-page.ts';

const stylesheet = readFileSync(new URL('./sign-in-page.css', import.meta.url), 'utf8');
const html = { 'content-type': 'text/html; charset=utf-8', vary: 'accept' };

/** The code of a person. */
export type CodeOf = (person: LocalPerson) => string;

export interface SignInParts {
  readonly people: readonly LocalPerson[];
  /** Before the real Azure: without its code nobody signs in. */
  readonly codeOf: CodeOf | undefined;
  readonly tenantName: (tenantId: string) => string;
  readonly sessions: Sessions;
}

/** The addresses below `/.auth`, shaped as those of App Service authentication. */
export class SignIn {
  readonly #parts: SignInParts;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  static isIts(request: IncomingMessage): boolean {
    return /^\/\.auth(\/|$)/i.test(addressOf(request).path);
  }

  async answer(request: IncomingMessage, visitor: Caller | undefined): Promise<Answer> {
    const path = addressOf(request).path.toLowerCase();
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    switch (`${method} ${path}`) {
      case 'GET /.auth/login/local':
        return this.#menu(request, visitor?.person);
      case 'POST /.auth/login/local':
        return await this.#signIn(request, visitor?.person);
      case 'GET /.auth/login/local.css':
        return { status: 200, headers: { 'content-type': 'text/css' }, body: stylesheet };
      case 'GET /.auth/logout':
        return signOut(request);
      case 'GET /.auth/me':
        return me(visitor?.principal);
      default:
        return problem(404, 'There is nothing here.', 'Sign in at /.auth/login/local.');
    }
  }

  #menu(request: IncomingMessage, signedIn: LocalPerson | undefined, alert?: string): Answer {
    const { people, tenantName, codeOf } = this.#parts;
    const status = alert === undefined ? 200 : 400;
    if (wantsJson(request)) {
      return json(200, { people: people.map(describePerson) }, { vary: 'accept' });
    }
    const redirectTo = redirectTarget(addressOf(request).query.get('post_login_redirect_uri'));
    const page = { people, signedIn, redirectTo, tenantName, asksForCode: codeOf !== undefined };
    const body = signInPage(alert === undefined ? page : { ...page, alert });
    return { status, headers: html, body };
  }

  async #signIn(request: IncomingMessage, signedIn: LocalPerson | undefined): Promise<Answer> {
    // Otherwise a foreign page could sign somebody in as somebody else.
    if (isFromForeignPage(request.headers)) return foreignPage;
    const form = await readForm(request);
    if (!form) {
      const detail = 'Send a form or a JSON object with the member "person".';
      return problem(400, 'This is no sign-in form.', detail);
    }
    const { people, sessions } = this.#parts;
    const key = form.get('person') ?? '';
    const person = people.find((one) => one.key === key);
    if (!person) {
      const keys = people.map((one) => one.key).join(', ') || 'nobody';
      const alert = `Nobody here has the key '${key}'. Choose one of: ${keys}.`;
      if (wantsJson(request)) return problem(400, 'There is no such person.', alert);
      return this.#menu(request, signedIn, alert);
    }
    if (!this.#hasCode(person, form.get('code') ?? '')) {
      const alert = `This is not the code of ${person.name}.`;
      if (!wantsJson(request)) return this.#menu(request, signedIn, alert);
      return problem(401, alert, 'Send it as the member "code"; whoever started this has it.');
    }
    const { token, expiresAt } = await sessions.open(person);
    if (wantsJson(request)) return json(200, { token, expiresAt, person: describePerson(person) });
    const wanted =
      form.get('post_login_redirect_uri') ??
      addressOf(request).query.get('post_login_redirect_uri');
    return redirect(303, redirectTarget(wanted), sessionCookie(token));
  }

  #hasCode(person: LocalPerson, given: string): boolean {
    const { codeOf } = this.#parts;
    return codeOf === undefined || timingSafeEqual(digestOf(codeOf(person)), digestOf(given));
  }
}

/** Spaces, hyphens and case are for reading. */
const digestOf = (code: string) =>
  createHash('sha256').update(code.replace(/[\s-]/g, '').toUpperCase()).digest();

const foreignPage = problem(
  403,
  'Another page sent this.',
  'Sign in and out on the pages of this site; programs send no Origin header.',
);

function signOut(request: IncomingMessage): Answer {
  if (isFromForeignPage(request.headers)) return foreignPage;
  const wanted = addressOf(request).query.get('post_logout_redirect_uri');
  const target = wanted === '/.auth/login/local' ? wanted : redirectTarget(wanted);
  return redirect(302, target, endSessionCookie());
}

function me(principal: Principal | undefined): Answer {
  if (!principal) {
    return problem(401, 'Nobody is signed in.', 'Sign in at /.auth/login/local.');
  }
  const { name, objectId, claims } = principal;
  return json(200, [{ provider_name: 'aad', user_id: name ?? objectId, user_claims: claims }]);
}

/** What everybody may know of a person, as the ready file tells it. */
export function describePerson({ key, name, objectId, tenantId, roles }: LocalPerson) {
  return { key, name, objectId, tenantId, roles };
}

function wantsJson({ headers: { accept = '' } }: IncomingMessage): boolean {
  return accept.includes('application/json') && !accept.includes('text/html');
}

/** The path as it was sent, and what stands behind it. */
function addressOf({ url = '/' }: IncomingMessage): { path: string; query: URLSearchParams } {
  const [path = '/', ...query] = url.split('?');
  return { path, query: new URLSearchParams(query.join('?')) };
}
