import { redact } from '../azure/redact.ts';
import type { TenantName } from './administration.ts';
import { SetupError, type SetupErrorCode } from './setup-error.ts';
import type { Step } from './step.ts';
import { StoppedError } from './stopped-error.ts';

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
  /** Not made by the set-up, or nobody asked to take it away. */
  | 'stays'
  /** Made by the set-up and still needed: it could not be taken away. */
  | 'kept'
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

/** @throws `StoppedError`: the step did not fail */
export function failureOf(step: Step, error: unknown): StepReport {
  if (error instanceof StoppedError) throw error;
  const { code, message, why, remedy } =
    error instanceof SetupError ? error : unforeseen(step, error);
  return {
    ...reportOf(step, 'failed', message),
    error: { code, message, ...(why === undefined ? {} : { why }), remedy },
  };
}

export const isComplete = (reports: readonly StepReport[]): boolean =>
  reports.every(({ outcome }) => !['failed', 'not-reached', 'kept'].includes(outcome));

/** What nobody foresaw fails its step; what the other steps did is told all the same. */
const unforeseen = ({ id }: Step, error: unknown): SetupError =>
  new SetupError('Unforeseen', `${id} failed in a way that the set-up does not know.`, {
    why: redact(error instanceof Error ? error.message : String(error)),
    remedy: 'Run the set-up again; if it fails again, report it with what it says.',
  });

/** Whether something is left to be done, or was done. */
export const changes = (reports: readonly StepReport[]): readonly StepReport[] =>
  reports.filter(
    ({ outcome }) => !['unchanged', 'unknown', 'stays', 'kept', 'not-reached'].includes(outcome),
  );
