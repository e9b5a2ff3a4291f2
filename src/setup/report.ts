import type { TenantName } from './administration.ts';
import { SetupError, type SetupErrorCode } from './setup-error.ts';
import type { Step } from './step.ts';

/** What became of a step, or in a dry run what would. */
export type StepOutcome =
  | 'unchanged'
  /** Could not be looked at from here. */
  | 'unknown'
  | 'would-make'
  | 'would-change'
  | 'made'
  | 'changed'
  | 'would-remove'
  | 'removed'
  /** Not made by the set-up, or in use. */
  | 'stays'
  | 'failed'
  /** What it builds on failed. */
  | 'not-reached';

export interface StepFailure {
  readonly code: SetupErrorCode;
  readonly message: string;
  readonly why?: string;
  readonly remedy: string;
}

export interface StepReport {
  readonly id: string;
  readonly tenant: TenantName;
  readonly outcome: StepOutcome;
  readonly detail: string;
  readonly error?: StepFailure;
}

export const reportOf = (
  { id, tenant: { tenantId, name } }: Step,
  outcome: StepOutcome,
  detail: string,
): StepReport => ({ id, tenant: { tenantId, name }, outcome, detail });

/** @throws what is no SetupError: nobody foresaw it */
export function failureOf(step: Step, error: unknown): StepReport {
  if (!(error instanceof SetupError)) throw error;
  const { code, message, why, remedy } = error;
  return {
    ...reportOf(step, 'failed', message),
    error: { code, message, ...(why === undefined ? {} : { why }), remedy },
  };
}

export const isComplete = (reports: readonly StepReport[]): boolean =>
  reports.every(({ outcome }) => outcome !== 'failed' && outcome !== 'not-reached');

/** Whether something is left to be done, or was done. */
export const changes = (reports: readonly StepReport[]): readonly StepReport[] =>
  reports.filter(
    ({ outcome }) => !['unchanged', 'unknown', 'stays', 'not-reached'].includes(outcome),
  );
