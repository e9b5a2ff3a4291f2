import { success } from '../../model/outcome.ts';
import { type Activity, changeOf } from '../step.ts';

/** Gives the claim on the VNet back. */
export const releaseVirtualNetwork: Activity<'releaseVirtualNetwork'> = async (
  input,
  dependencies,
) => {
  const { target } = await changeOf(dependencies, input.requestId);
  await dependencies.ledger.releaseVirtualNetwork(target.virtualNetworkId, input.requestId);
  return success(null);
};
