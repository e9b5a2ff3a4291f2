import type { Problem } from '../model/api/problems.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

export interface CliErrorOptions {
  /** Why, as far as known. */
  readonly cause?: string | undefined;
  /** What to do. */
  readonly remedy?: string | undefined;
  readonly code?: string | undefined;
  /** What the API answered. */
  readonly problem?: Problem | undefined;
}

/** Ends a command with an exit code; the message says what happened. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly why: string | undefined;
  readonly remedy: string | undefined;
  readonly code: string | undefined;
  readonly problem: Problem | undefined;

  constructor(exitCode: ExitCode, message: string, options: CliErrorOptions = {}) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.why = options.cause;
    this.remedy = options.remedy;
    this.code = options.code;
    this.problem = options.problem;
  }
}

/** What was typed cannot be done as it stands. */
export const usageError = (message: string, remedy?: string): CliError =>
  new CliError(exitCodes.usage, message, { remedy });
