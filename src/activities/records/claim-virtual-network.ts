import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, success } from '../../model/outcome.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Activity, changeOf, note } from '../step.ts';

/** Step 3: one running request per VNet. */
export const claimVirtualNetwork: Activity<'claimVirtualNetwork'> = async (input, dependencies) => {
  const { target } = await changeOf(dependencies, input.requestId);
  const claim = await dependencies.ledger.claimVirtualNetwork(
    target.virtualNetworkId,
    input.requestId,
  );
  if (claim.status === 'held') {
    return failure(await busy(dependencies, claim.byRequestId, target.virtualNetwork));
  }
  await note(
    dependencies,
    input,
    'succeeded',
    `No other request works on ${target.virtualNetwork}.`,
  );
  return success(null);
};

async function busy(
  { ledger }: Dependencies,
  holder: string,
  virtualNetwork: string,
): Promise<VendingError> {
  const isParked = (await ledger.getRequest(holder))?.state === 'compensation-failed';
  if (!isParked) {
    return vendingError(
      'VirtualNetworkBusy',
      `The request ${holder} is running for the VNet '${virtualNetwork}'.`,
    );
  }
  return vendingError(
    'VirtualNetworkBusy',
    `The request ${holder} is parked, and has left something of the VNet '${virtualNetwork}' behind.`,
    {
      cause: 'What it had done could not be taken back.',
      remedy: `Have an operator resume the request ${holder}; when it has ended, send the request again under a new id.`,
    },
  );
}
