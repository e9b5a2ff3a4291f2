export type SetupErrorCode =
  | 'SignInFailed'
  | 'PermissionMissing'
  | 'Conflict'
  | 'InputMissing'
  | 'NotConnected'
  | 'NotYet'
  | 'AzureRefused'
  | 'AzureUnavailable'
  | 'Unforeseen';

/** Why a step of the set-up cannot be done: what happened, why, and what to do. */
export class SetupError extends Error {
  readonly code: SetupErrorCode;
  readonly why: string | undefined;
  readonly remedy: string;

  constructor(
    code: SetupErrorCode,
    message: string,
    { why, remedy }: { readonly why?: string | undefined; readonly remedy: string },
  ) {
    super(message);
    this.name = 'SetupError';
    this.code = code;
    this.why = why;
    this.remedy = remedy;
  }
}
