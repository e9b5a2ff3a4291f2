export type HostErrorCode =
  | 'app-missing'
  | 'app-failed-to-load'
  | 'no-functions'
  | 'duplicate-function'
  | 'late-registration'
  | 'unsupported-trigger'
  | 'unsupported-binding'
  | 'bad-trigger-options'
  | 'setting-missing'
  | 'bad-setting'
  | 'bad-schedule'
  | 'route-conflict'
  | 'port-taken'
  | 'bad-host-json'
  | 'bad-history';

/** Why the host cannot start with this app, and what to do about it. */
export class HostError extends Error {
  readonly code: HostErrorCode;
  readonly remedy: string;

  constructor(code: HostErrorCode, message: string, remedy: string, cause?: unknown) {
    super(`${message} ${remedy}`, { cause });
    this.name = 'HostError';
    this.code = code;
    this.remedy = remedy;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
