import { success } from '../../model/outcome.ts';
import type { Activity } from '../step.ts';

/**
 * What was decided on the plan, from the ledger. A cancellation comes before everything, a rejection
 * before an approval; an approval of another plan does not count.
 */
export const readDecision: Activity<'readDecision'> = async (input, { ledger }) => {
  const decisions = await ledger.listDecisions(input.requestId);
  const first = (kind: 'approve' | 'reject' | 'cancel') =>
    decisions.find(
      ({ decision, planHash }) =>
        decision === kind && (kind !== 'approve' || planHash === input.planHash),
    );
  for (const [kind, status] of order) {
    const decisive = first(kind);
    if (decisive) {
      const { by, reason } = decisive;
      return success({ status, by: by.name, ...(reason === undefined ? {} : { reason }) });
    }
  }
  return success({ status: 'none' });
};

const order = [
  ['cancel', 'cancelled'],
  ['reject', 'rejected'],
  ['approve', 'approved'],
] as const;
