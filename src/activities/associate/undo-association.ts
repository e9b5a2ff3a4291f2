import { isDeepStrictEqual } from 'node:util';
import type { VirtualNetworkView } from '../../azure/azure.ts';
import { failure, success } from '../../model/outcome.ts';
import type { Association } from '../../model/plan.ts';
import { containsAll, isPrefix } from '../../model/prefixes.ts';
import { isSameId } from '../../model/resource-ids.ts';
import { takeAllocationsOut, withPrefixes } from '../../model/virtual-network-document.ts';
import { isSettled } from '../settled.ts';
import { type Activity, associationOf, changeOf, note } from '../step.ts';
import { associateStep, singularSubnetsIn } from './associate-virtual-network.ts';
import {
  forgetUpdate,
  hasFailedUpdate,
  isMadeBy,
  madeAnew,
  requireCompensating,
  sendUpdate,
  sentUpdate,
} from './update-virtual-network.ts';

const step = 'undo-association';

/**
 * Compensation of the association: takes the allocations of this request out of the VNet as it is now, so
 * that what others changed meanwhile stays. Reads first: what is gone, or was never there, is done. It does
 * not wait for the VNet to settle: the operation to be undone may hang.
 */
export const undoAssociation: Activity<'undoAssociation'> = async (input, dependencies) => {
  const { azure, ledger } = dependencies;
  const { requestId } = input;
  const notNow = await requireCompensating(dependencies, requestId);
  if (notNow) return failure(notNow);
  const association = associationOf(await changeOf(dependencies, requestId));
  const { target, resourceGuid, allocations } = association;
  const nothing = async (why: string) => {
    await forgetUpdate(ledger, requestId, step);
    await note(dependencies, input, 'information', why);
    return success({});
  };
  const sent = await sentUpdate(ledger, requestId, associateStep);
  if (!sent) return await nothing('This request has associated nothing.');
  const read = await azure.readVirtualNetwork(target);
  if (!read.ok) return read;
  const reading = read.value;
  if (!reading) return await nothing('The VNet is gone; there is no association to undo.');
  if (!isSameId(reading.view.resourceGuid, resourceGuid)) {
    if (input.resumption === undefined && isMadeBy(sent, reading.view)) {
      return failure(madeAnew(target));
    }
    return await nothing('There is another VNet of this name now; it stays as it is.');
  }
  const document = takeAllocationsOut(
    withPrefixes(reading.document, ownPrefixes(association, reading.view)),
    allocations.map(({ poolId }) => poolId),
    singularSubnetsIn(sent),
  );
  if (isDeepStrictEqual(document, reading.document)) {
    // A run of this activity that was lost may have sent the PUT: it is over when Azure says so.
    if (!isSettled(reading.view)) return success({});
    if (!(await hasFailedUpdate(ledger, requestId, step, reading.view))) {
      return await nothing('The VNet is without the association already.');
    }
  }
  const { view } = reading;
  const undone = await sendUpdate(dependencies, { requestId, step, target, view, document });
  if (undone.ok) {
    await note(
      dependencies,
      input,
      'succeeded',
      `Azure accepted to put ${target.virtualNetwork} back as it was.`,
    );
  }
  return undone;
};

/**
 * The prefixes of the VNet without those that the pools gave beyond what was planned: they go back, and
 * would be given to another VNet while this one has them still.
 */
function ownPrefixes({ allocations }: Association, view: VirtualNetworkView): readonly string[] {
  const planned = allocations.flatMap(({ prefixes }) => prefixes);
  const given = view.allocations
    .filter(({ poolId }) => allocations.some((one) => isSameId(one.poolId, poolId)))
    .flatMap(({ prefixes }) => prefixes.filter(isPrefix));
  const stays = (prefix: string): boolean =>
    !isPrefix(prefix) || !containsAll(given, [prefix]) || containsAll(planned, [prefix]);
  const left = view.addressPrefixes.filter(stays);
  if (left.length === view.addressPrefixes.length) return left;
  // Azure may show adjacent prefixes as one.
  const merged = planned.filter((prefix) => !containsAll(left.filter(isPrefix), [prefix]));
  return [...left, ...merged];
}
