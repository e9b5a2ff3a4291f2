import { isDeepStrictEqual } from 'node:util';
import { failure, success } from '../model/outcome.ts';
import { isSameId } from '../model/resource-ids.ts';
import { takeAllocationsOut } from '../model/virtual-network-document.ts';
import { associateStep, singularSubnetsIn } from './associate-virtual-network.ts';
import { isSettled } from './settled.ts';
import { type Activity, associationOf, changeOf, note } from './step.ts';
import {
  forgetUpdate,
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
  const { target, resourceGuid, allocations } = associationOf(
    await changeOf(dependencies, requestId),
  );
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
    return await nothing('There is another VNet of this name now; it stays as it is.');
  }
  const document = takeAllocationsOut(
    reading.document,
    allocations.map(({ poolId }) => poolId),
    singularSubnetsIn(sent),
  );
  if (isDeepStrictEqual(document, reading.document)) {
    // A run of this activity that was lost may have sent the PUT: it is over when Azure says so.
    if (!isSettled(reading.view)) return success({});
    return await nothing('The VNet is without the association already.');
  }
  const { etag } = reading.view;
  const undone = await sendUpdate(dependencies, { requestId, step, target, document, etag });
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
