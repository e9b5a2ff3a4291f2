import type { VirtualNetworkReading } from '../../azure/azure.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import {
  includesName,
  type PeeringBodies,
  remoteOf,
  unconnectedPeerings,
} from '../../model/peering-document.ts';
import type { Removal } from '../../model/plan.ts';
import { isSameId } from '../../model/resource-ids.ts';
import type { PollAnswer, StepInput } from '../activity-contracts.ts';
import { requireCompensating } from '../associate/update-virtual-network.ts';
import type { Dependencies } from '../dependencies.ts';
import { acceptanceOf } from '../operation.ts';
import { hasFailed, isSettled } from '../settled.ts';
import { type Activity, changeOf, note, removalOf } from '../step.ts';
import { detachedPeeringsOf } from './detached-peerings.ts';

/**
 * Compensation of `detachPeerings`: puts back what is missing, one a look, each when the VNet is settled.
 * A VNet that is gone, or another one in its place, has nothing that could be put back.
 */
export const restorePeerings: Activity<'restorePeerings'> = async (input, dependencies) => {
  const { azure, ledger } = dependencies;
  const notNow = await requireCompensating(dependencies, input.requestId);
  if (notNow) return failure(notNow);
  const bodies = await detachedPeeringsOf(ledger, input.requestId);
  if (Object.keys(bodies).length === 0) {
    return await done(dependencies, input, 'No peering was taken off.');
  }
  const removal = removalOf(await changeOf(dependencies, input.requestId));
  const found = await azure.readVirtualNetwork(removal.target);
  if (!found.ok) return found;
  if (found.value === null) {
    return await done(dependencies, input, 'The VNet is gone, and its peerings with it.');
  }
  if (!isSameId(found.value.view.resourceGuid, removal.resourceGuid ?? '')) {
    const message =
      'Another VNet is in the place of the one that was planned for; it stays as it is.';
    return await done(dependencies, input, message);
  }
  return await restoreNext(dependencies, input, removal, found.value, bodies);
};

async function restoreNext(
  dependencies: Dependencies,
  input: StepInput,
  removal: Removal,
  { view, document }: VirtualNetworkReading,
  bodies: PeeringBodies,
): Promise<Outcome<PollAnswer<null>>> {
  if (!isSettled(view)) {
    await note(dependencies, input, 'waiting', `The VNet is ${view.provisioningState}.`);
    return success({ done: false });
  }
  const there = view.peerings.map(({ name }) => name);
  const missing = Object.entries(bodies).filter(([name]) => !includesName(there, name));
  // A write whose operation failed leaves the VNet in Failed; writing the same again mends it.
  const isHalfDone = missing.length === 0 && hasFailed(view);
  const refusals: VendingError[] = [];
  for (const [name, body] of isHalfDone ? Object.entries(bodies) : missing) {
    const started = await dependencies.azure.createPeering(removal.target, name, body);
    if (started.ok) {
      await note(
        dependencies,
        input,
        'information',
        `Azure puts the peering ${name} back.`,
        `:${name}`,
      );
      return success({ done: false, ...acceptanceOf(started.value) });
    }
    if (started.error.kind === 'retryable') return started;
    // One that cannot be put back keeps no other one away.
    refusals.push(explain(removal, name, remoteOf(body), started.error));
  }
  const [refusal] = refusals;
  if (refusal !== undefined) return failure(together(refusal, refusals));
  const names = Object.keys(bodies);
  for (const { name, state } of unconnectedPeerings(document, names)) {
    const message = `The peering ${name} is ${state}; the other side has to be made anew before it connects.`;
    await note(dependencies, input, 'information', message, `:${name}:state`);
  }
  return await done(dependencies, input, `The peerings ${names.join(', ')} are there.`);
}

/** Azure makes no peering whose other side is Disconnected; that side belongs to somebody else. */
function explain(
  { target }: Removal,
  name: string,
  remoteId: string,
  refusal: VendingError,
): VendingError {
  const { details = {}, cause } = refusal;
  const message = `The peering '${name}' of the VNet '${target.virtualNetwork}' with ${remoteId} could not be put back.`;
  const isDisconnected = [details['azureCode'], details['azureDetailCodes']].some((code) =>
    code?.includes('RemotePeeringIsDisconnected'),
  );
  return vendingError(refusal.code, message, {
    cause: `${refusal.message} ${cause}`,
    kind: isDisconnected ? 'operator' : refusal.kind,
    remedy: isDisconnected
      ? `At the VNet ${remoteId}, delete the peering to ${target.virtualNetworkId} or write it again: it is Disconnected. Then resume the request.`
      : refusal.remedy,
    details: { ...details },
  });
}

const together = (first: VendingError, all: readonly VendingError[]): VendingError =>
  all.length === 1
    ? first
    : {
        ...first,
        message: all.map(({ message }) => message).join(' '),
        cause: all.map(({ cause }) => cause).join(' '),
        remedy: [...new Set(all.map(({ remedy }) => remedy))].join('\n'),
      };

async function done(
  dependencies: Dependencies,
  input: StepInput,
  message: string,
): Promise<Outcome<PollAnswer<null>>> {
  await note(dependencies, input, 'succeeded', message);
  return success({ done: true, value: null });
}
