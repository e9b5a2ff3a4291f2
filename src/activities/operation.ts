import type { OperationView, StartedOperation } from '../azure/azure.ts';
import type { ErrorCode } from '../model/error-catalogue.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Acceptance } from './activity-contracts.ts';

/** Retryable errors of a poll that asking again does not cure. */
const lostOperation: ReadonlySet<ErrorCode> = new Set([
  'OperationSuperseded',
  'AzureAnswerInvalid',
]);

/**
 * Whether a poll tells nothing of what the operation does: Azure has forgotten it, another one replaced
 * it, we may not ask (a role without `locations/operations/read`), or its address is not one that tokens
 * may be sent to. Only an operation that failed, and what passes, is an answer.
 */
export function saysNothing(polled: Outcome<OperationView>): boolean {
  if (polled.ok) return false;
  const { code, kind } = polled.error;
  if (code === 'OperationFailed') return false;
  return kind !== 'retryable' || lostOperation.has(code);
}

/** What the orchestration may know of a started operation: its signed URL stays in the ledger. */
export const acceptanceOf = (started: StartedOperation | null): Acceptance =>
  started?.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: started.retryAfterSeconds };
