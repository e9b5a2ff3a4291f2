import { success } from '../model/outcome.ts';
import { type Activity, planOf } from './step.ts';

/** Gives the claim on the VNet back. */
export const releaseVirtualNetwork: Activity<'releaseVirtualNetwork'> = async (
  input,
  dependencies,
) => {
  const { target } = (await planOf(dependencies, input.requestId)).deployment;
  await dependencies.ledger.releaseVirtualNetwork(target.virtualNetworkId, input.requestId);
  return success(null);
};
