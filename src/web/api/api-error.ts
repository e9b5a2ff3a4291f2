import type { Problem } from '../../model/api/problems.ts';

/** What the API refused, or why it could not be asked: always with what happened, why and what to do. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

/** For what went wrong without an answer of the API: network, proxy, a bug of the page. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return {
    type: 'about:blank',
    title: 'Something went wrong in the page',
    status: 0,
    detail: error instanceof Error ? error.message : String(error),
    code: 'PageError',
    remedy: 'Reload the page. If it stays, tell the network platform team what you did.',
  };
}

export const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError';
