import type { Problem } from '../../model/api/problems.ts';
import type { ErrorCode } from '../../model/error-catalogue.ts';
import type { ErrorKind, VendingError } from '../../model/errors.ts';
import { type Answer, jsonAnswer } from './answer.ts';

/** Status codes of errors; those that are not listed have the one of their kind. */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  SchemaInvalid: 400,
  UnknownOperation: 400,
  UnsupportedVersion: 400,
  ParameterInvalid: 400,
  IdempotencyKeyMissing: 400,
  NotSignedIn: 401,
  Unauthorized: 403,
  TenantNotAllowed: 403,
  CrossSiteRequest: 403,
  UnknownRequest: 404,
  UnknownTenant: 404,
  UnknownPool: 404,
  UnknownRoute: 404,
  MethodNotAllowed: 405,
  Contradiction: 409,
  DecisionNotPossible: 409,
  PlanChanged: 409,
  AlreadyDecided: 409,
  RevisionConflict: 412,
  PreconditionFailed: 412,
  TooLarge: 413,
  UnsupportedMediaType: 415,
  IdempotencyKeyReused: 422,
  TooManyRequests: 429,
  Unexpected: 500,
};

/** Of what the request is the cause, of what the set-up is, and of what passes. */
const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  terminal: 422,
  operator: 502,
  retryable: 503,
};

export const statusOf = ({ code, kind }: Pick<VendingError, 'code' | 'kind'>): number =>
  statuses[code] ?? statusOfKind[kind];

interface ProblemOptions extends Pick<Problem, 'instance' | 'signInUrl'> {
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error as RFC 9457 problem details. */
export function problemAnswer(
  error: VendingError,
  { instance, signInUrl, headers = {} }: ProblemOptions = {},
): Answer {
  const status = statusOf(error);
  const pointers = error.details?.['pointers'];
  const problem: Problem = {
    type: `docs/errors.md#${error.code.toLowerCase()}`,
    title: titleOf(error.code),
    status,
    detail: error.message,
    code: error.code,
    cause: error.cause,
    remedy: error.remedy,
    ...(pointers === undefined ? {} : { pointers: pointers.split(' ') }),
    ...(instance === undefined ? {} : { instance }),
    ...(signInUrl === undefined ? {} : { signInUrl }),
  };
  return jsonAnswer(status, problem, {
    'content-type': 'application/problem+json',
    ...(error.retryAfterSeconds === undefined
      ? {}
      : { 'retry-after': String(Math.ceil(error.retryAfterSeconds)) }),
    ...headers,
  });
}

/** `PlanChanged` becomes "Plan changed". */
const titleOf = (code: string): string =>
  code.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
