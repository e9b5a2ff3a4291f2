import { vendingError } from '../model/errors.ts';
import { failure, success } from '../model/outcome.ts';
import { type Activity, changeOf, note } from './step.ts';

/** Step 3: one running request per VNet. */
export const claimVirtualNetwork: Activity<'claimVirtualNetwork'> = async (input, dependencies) => {
  const { target } = await changeOf(dependencies, input.requestId);
  const claim = await dependencies.ledger.claimVirtualNetwork(
    target.virtualNetworkId,
    input.requestId,
  );
  if (claim.status === 'held') {
    return failure(
      vendingError(
        'VirtualNetworkBusy',
        `The request ${claim.byRequestId} is running for the VNet '${target.virtualNetwork}'.`,
      ),
    );
  }
  await note(
    dependencies,
    input,
    'succeeded',
    `No other request works on ${target.virtualNetwork}.`,
  );
  return success(null);
};
