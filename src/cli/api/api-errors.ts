import type { Problem } from '../../model/api/problems.ts';
import { CliError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

/** Reads problem details (RFC 9457) that may come from a proxy in between: what is missing is made good. */
export function problemError(status: number, body: unknown, signInRemedy: string): CliError {
  const problem = asProblem(body);
  const exitCode = exitCodeOf(status, problem !== undefined);
  if (problem === undefined) {
    return new CliError(exitCode, `The API answered ${status} and did not say why.`, {
      remedy:
        status === 401 ? signInRemedy : 'Try again; if it stays so, ask whoever runs the API.',
    });
  }
  return new CliError(exitCode, problem.detail, {
    cause: problem.cause,
    // Who is not signed in is helped by how to sign in here, whatever the server says.
    remedy: status === 401 ? signInRemedy : problem.remedy,
    code: problem.code,
    problem,
  });
}

function asProblem(body: unknown): Problem | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { detail, title } = body as Partial<Problem>;
  const said = typeof detail === 'string' && detail !== '' ? detail : title;
  return typeof said === 'string' ? { ...(body as Problem), detail: said } : undefined;
}

function exitCodeOf(status: number, isProblem: boolean): ExitCode {
  if (status === 401 || status === 403) return exitCodes.notAllowed;
  if (status === 404 || status === 410) return exitCodes.notFound;
  if (status === 409 || status === 412) return exitCodes.conflict;
  if (status === 429 || status === 503) return exitCodes.unreachable;
  if (!isProblem && (status === 502 || status === 504)) return exitCodes.unreachable;
  return status >= 400 && status < 500 ? exitCodes.usage : exitCodes.unexpected;
}

/** Nobody answers at the API's address. */
export function unreachable(origin: string, why: string, isDefault: boolean): CliError {
  return new CliError(exitCodes.unreachable, `The API at ${origin} cannot be reached.`, {
    cause: why,
    remedy: isDefault
      ? 'Say where the API is with --api URL or VNETV_API, or start a local platform with "npm start".'
      : 'Check the address (--api, VNETV_API) and the network, then try again.',
  });
}

/** Somebody else answers there. */
export function notOurs(origin: string, what: string): CliError {
  return new CliError(exitCodes.unreachable, `What answers at ${origin} is no vnet-vending API.`, {
    cause: what,
    remedy: 'Check the address (--api, VNETV_API).',
  });
}

/** What an error of `fetch` says, without its wrapping. */
export function causeOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code && !cause.message?.includes(cause.code)
    ? `${cause.code}: ${cause.message ?? ''}`
    : cause?.message || cause?.code || message;
}
