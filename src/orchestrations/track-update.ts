import type { UpdateStep } from '../activities/activity-contracts.ts';
import type { Outcome } from '../model/outcome.ts';
import type { RequestRun } from './request-run.ts';
import type { Workflow } from './workflow.ts';

/** Step 6 for a PUT of an existing VNet, forth (`step` is then the step itself) or back. */
export const trackUpdate = (
  run: RequestRun,
  of: UpdateStep,
  boundSeconds: number,
  step: string = of,
): Workflow<Outcome<null>> =>
  run.poll('trackUpdate', `${step}-track`, {
    what: 'The change of the VNet',
    boundSeconds,
    timedOut: 'OperationTimedOut',
    own: { of },
    ...(step === of ? {} : { retrySeconds: boundSeconds }),
  });
