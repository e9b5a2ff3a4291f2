import type { RequestDetail } from '../../model/api/request-views.ts';

export type PhaseStatus = 'done' | 'current' | 'next' | 'stopped' | 'skipped';

export interface Phase {
  readonly key: string;
  readonly label: string;
  readonly status: PhaseStatus;
}

type Seen = Pick<
  RequestDetail,
  'state' | 'operation' | 'mode' | 'plan' | 'timeline' | 'decisions' | 'dryRun'
>;

const working = { allocate: 'Deploy', associate: 'Associate', remove: 'Remove' } as const;

/** Where each state stands on the way; what ended early is found by what the request has behind it. */
const positions: Partial<Readonly<Record<RequestDetail['state'], number>>> = {
  received: 0,
  planning: 0,
  'awaiting-approval': 1,
  deploying: 2,
  associating: 2,
  removing: 2,
  verifying: 3,
  succeeded: 4,
  planned: 1,
};

const stoppedStates: readonly RequestDetail['state'][] = [
  'failed',
  'rejected',
  'cancelled',
  'expired',
  'compensating',
  'compensation-failed',
  'removed-release-unverified',
];

/** The way of a request: what is done, what runs, what comes, or where it stopped. */
export function phasesOf(detail: Seen): Phase[] {
  const isStopped = stoppedStates.includes(detail.state);
  const at = isStopped ? stoppedAt(detail) : (positions[detail.state] ?? 0);
  const labels = ['Plan', 'Approve', working[detail.operation], 'Verify'];
  const isAutomatic = detail.plan !== undefined && detail.plan.stages.length === 0;
  return labels.slice(0, detail.dryRun ? 1 : labels.length).map((label, index) => ({
    key: label,
    label: index === 1 && isAutomatic ? 'Approved by policy' : label,
    status: statusOf(index, at, isStopped),
  }));
}

function statusOf(index: number, at: number, isStopped: boolean): PhaseStatus {
  if (index < at) return 'done';
  if (index > at) return isStopped ? 'skipped' : 'next';
  return isStopped ? 'stopped' : 'current';
}

/** The phase in which a request that did not get through was left, by the steps that it has behind it. */
function stoppedAt({ state, timeline }: Seen): number {
  if (state === 'removed-release-unverified') return 3;
  if (state === 'rejected' || state === 'expired') return 1;
  const steps = timeline.filter(({ compensation }) => !compensation).map(({ step }) => step);
  const has = (pattern: RegExp): boolean => steps.some((step) => pattern.test(step));
  if (has(/^(verify|await-prefix|await-association|confirm)/)) return 3;
  if (has(/^(claim|re-check|deploy|associat|remov|disassociat|detach|track)/)) return 2;
  return has(/^(awaiting-approval|decide)/) ? 1 : 0;
}
