import type { VirtualNetworkReading } from '../../azure/azure.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import { includesName, peeringBodies } from '../../model/peering-document.ts';
import type { Removal } from '../../model/plan.ts';
import { isSameId } from '../../model/resource-ids.ts';
import type { PollAnswer, StepInput } from '../activity-contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { acceptanceOf } from '../operation.ts';
import { isSettled } from '../settled.ts';
import { type Activity, isCancelled, note } from '../step.ts';
import { keepPeerings } from './detached-peerings.ts';
import { removalUnderWay, replaced } from './removal-under-way.ts';

/**
 * Takes our side of the planned peerings off, one a look, each when the VNet is settled. What they were
 * is kept in the ledger before the first one goes.
 */
export const detachPeerings: Activity<'detachPeerings'> = async (input, dependencies) => {
  const removal = await removalUnderWay(dependencies, input);
  if (!removal.ok) return removal;
  if (await isCancelled(dependencies, input.requestId)) {
    return success({ done: false, cancelRequested: true });
  }
  const found = await dependencies.azure.readVirtualNetwork(removal.value.target);
  if (!found.ok) return found;
  if (found.value === null) return await done(dependencies, input, 'There is no VNet any more.');
  return await detachNext(dependencies, input, removal.value, found.value);
};

async function detachNext(
  dependencies: Dependencies,
  input: StepInput,
  removal: Removal,
  { view, document }: VirtualNetworkReading,
): Promise<Outcome<PollAnswer<null>>> {
  const { azure, ledger } = dependencies;
  const { target, resourceGuid, detachedPeerings } = removal;
  if (!isSameId(view.resourceGuid, resourceGuid ?? '')) return failure(replaced(removal));
  const names = view.peerings.map(({ name }) => name);
  const next = names.find((name) => includesName(detachedPeerings, name));
  if (!isSettled(view)) return success({ done: false });
  if (next === undefined) {
    const message = `Our side of the peerings ${detachedPeerings.join(', ')} is off.`;
    return await done(dependencies, input, message);
  }
  await keepPeerings(ledger, input.requestId, peeringBodies(document, detachedPeerings));
  const started = await azure.deletePeering(target, next);
  if (!started.ok) return started;
  const message = `Azure takes the peering ${next} off.`;
  await note(dependencies, input, 'information', message, `:${next}`);
  return success({ done: false, ...acceptanceOf(started.value) });
}

async function done(
  dependencies: Dependencies,
  input: StepInput,
  message: string,
): Promise<Outcome<PollAnswer<null>>> {
  await note(dependencies, input, 'succeeded', message);
  return success({ done: true, value: null });
}
