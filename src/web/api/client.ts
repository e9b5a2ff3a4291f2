import type { Problem } from '../../model/api/problems.ts';
import { ApiError, isAbort } from './api-error.ts';
import { revealOverrides } from './reveal.ts';

export interface SendOptions {
  /** Entity tag that the change is for; the API refuses it (412) when there is a newer one. */
  readonly ifMatch?: string;
  /** Makes a repetition of the same POST harmless. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** Hears where to sign in, if the API said so. */
type SessionListener = (signInUrl: string | undefined) => void;
const sessionListeners = new Set<SessionListener>();

/** Calls back when the API says that nobody is signed in (any more). */
export function onSignedOut(listener: SessionListener): () => void {
  sessionListeners.add(listener);
  return () => sessionListeners.delete(listener);
}

/** GET a view of the API. The type is what the OpenAPI document promises. */
export function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return call<T>(path, { method: 'GET', ...(signal === undefined ? {} : { signal }) });
}

/** POST a body. The header with `csrf` shows that the page itself sends it: no form of another site can set it. */
export function postJson<T>(path: string, body: unknown, options: SendOptions = {}): Promise<T> {
  const { ifMatch, idempotencyKey, signal } = options;
  return call<T>(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      'content-type': 'application/json',
      'x-vnetv-csrf': '1',
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(signal === undefined ? {} : { signal }),
  });
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  const response = await send(path, init);
  if (!response.ok) {
    const problem = await readProblem(response);
    if (problem.status === 401) {
      for (const listener of sessionListeners) listener(problem.signInUrl);
    }
    throw new ApiError(problem);
  }
  if (response.status === 204) return undefined as T;
  try {
    return (await readJson(response)) as T;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError(unreadable(response.status));
  }
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, {
      ...init,
      // The entity tag of a request does not cover its timeline, so no cache may answer.
      cache: 'no-store',
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...init.headers },
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError({
      type: 'about:blank',
      title: 'The service cannot be reached',
      status: 0,
      detail: 'The service did not answer.',
      code: 'Unreachable',
      cause: 'Your connection, a proxy, or a restart of the service.',
      remedy: 'Check your connection and try again.',
    });
  }
}

async function readProblem(response: Response): Promise<Problem> {
  const fallback: Problem = {
    ...unreadable(response.status),
    ...(response.status === 401
      ? {
          title: 'You are not signed in',
          code: 'Unauthenticated',
          detail: 'Nobody is signed in, or the session is over.',
          remedy: 'Sign in, then try again.',
        }
      : {}),
  };
  try {
    const body = await readJson(response);
    return isProblem(body) ? body : fallback;
  } catch {
    return fallback;
  }
}

/** Names and reasons may hold anything; those characters can stand in texts only, so the whole answer may be changed. */
const readJson = async (response: Response): Promise<unknown> =>
  JSON.parse(revealOverrides(await response.text()));

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;

const unreadable = (status: number): Problem => ({
  type: 'about:blank',
  title: 'The service gave an answer that the page does not understand',
  status,
  detail: `The answer has status ${status} and is not what the page expects.`,
  code: 'UnexpectedAnswer',
  remedy: 'Reload the page. If it stays, tell the network platform team.',
});
