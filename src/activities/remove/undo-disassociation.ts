import { isDeepStrictEqual } from 'node:util';
import { failure, success } from '../../model/outcome.ts';
import { containsAll, isPrefix } from '../../model/prefixes.ts';
import { isSameId } from '../../model/resource-ids.ts';
import { parseDroppedAllocations, readdAllocations } from '../../model/virtual-network-document.ts';
import {
  forgetUpdate,
  hasFailedUpdate,
  isMadeBy,
  madeAnew,
  requireCompensating,
  sendUpdate,
  sentUpdate,
  virtualNetworkChanged,
} from '../associate/update-virtual-network.ts';
import { explainRefusal } from '../planning/pool-prefixes.ts';
import { isSettled } from '../settled.ts';
import { type Activity, changeOf, note, removalOf } from '../step.ts';
import { disassociateStep } from './disassociate-virtual-network.ts';

const step = 'undo-disassociation';

/**
 * Compensation of the disassociation: associates the same prefixes again, on the VNet as it is now, so that
 * what others changed meanwhile stays. Reads first: what is there again is done. It does not wait for the
 * VNet to settle: the operation to be undone may hang.
 */
export const undoDisassociation: Activity<'undoDisassociation'> = async (input, dependencies) => {
  const { azure, ledger } = dependencies;
  const { requestId } = input;
  const notNow = await requireCompensating(dependencies, requestId);
  if (notNow) return failure(notNow);
  const { target, resourceGuid, allocations } = removalOf(await changeOf(dependencies, requestId));
  const nothing = async (why: string) => {
    await forgetUpdate(ledger, requestId, step);
    await note(dependencies, input, 'information', why);
    return success({});
  };
  const sent = await sentUpdate(ledger, requestId, disassociateStep);
  if (!sent) return await nothing('This request has dropped nothing.');
  const read = await azure.readVirtualNetwork(target);
  if (!read.ok) return read;
  const reading = read.value;
  if (!reading) return await nothing('The VNet is gone; there is nothing to associate again.');
  const { view } = reading;
  if (resourceGuid === undefined || !isSameId(view.resourceGuid, resourceGuid)) {
    if (input.resumption === undefined && isMadeBy(sent, view)) return failure(madeAnew(target));
    return await nothing('There is another VNet of this name now; it stays as it is.');
  }
  const dropped = parseDroppedAllocations(sent['dropped']);
  const document = readdAllocations(reading.document, dropped);
  if (isDeepStrictEqual(document, reading.document)) {
    // A run of this activity that was lost may have sent the PUT: it is over when Azure says so.
    if (!isSettled(view)) return success({});
    if (!(await hasFailedUpdate(ledger, requestId, step, view))) {
      return await nothing('The VNet has the association.');
    }
  }
  // For prefixes that the VNet no longer has, the pool would give it new ones.
  const prefixes = allocations.flatMap((allocation) => allocation.prefixes);
  if (!containsAll(view.addressPrefixes.filter(isPrefix), prefixes)) {
    return failure(
      virtualNetworkChanged(
        target,
        `has ${view.addressPrefixes.join(', ')} now, so ${prefixes.join(', ')} cannot be associated again`,
      ),
    );
  }
  const undone = await sendUpdate(dependencies, { requestId, step, target, view, document });
  if (!undone.ok) return failure(await explainRefusal(azure, allocations, target, undone.error));
  await note(
    dependencies,
    input,
    'succeeded',
    `Azure accepted to associate ${prefixes.join(', ')} again.`,
  );
  return undone;
};
