import { success } from '../../model/outcome.ts';
import { type Activity, changeOf } from '../step.ts';

/**
 * Gives quota back, before the end of the request is recorded: what a request has reserved of which nothing is
 * left, or all that a VNet takes which has been removed.
 */
export const releaseQuota: Activity<'releaseQuota'> = async (
  { requestId, release },
  dependencies,
) => {
  const { target } = await changeOf(dependencies, requestId);
  await dependencies.ledger.releaseQuota(target.virtualNetworkId, requestId, release);
  return success(null);
};
