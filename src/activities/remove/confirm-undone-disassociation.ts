import { success } from '../../model/outcome.ts';
import { isSameId } from '../../model/resource-ids.ts';
import { lookAtAssociation } from '../associate/look-at-association.ts';
import { sentUpdate } from '../associate/update-virtual-network.ts';
import { type Activity, changeOf, note, removalOf } from '../step.ts';
import { disassociateStep } from './disassociate-virtual-network.ts';

/** Looks whether VNet and pools agree again on what the request had dropped. */
export const confirmUndoneDisassociation: Activity<'confirmUndoneDisassociation'> = async (
  input,
  dependencies,
) => {
  const { azure, ledger } = dependencies;
  const removal = removalOf(await changeOf(dependencies, input.requestId));
  const done = success({ done: true, value: null } as const);
  // What the VNet lacks then was not dropped by this request.
  if (!(await sentUpdate(ledger, input.requestId, disassociateStep))) return done;
  const found = await azure.getVirtualNetwork(removal.target);
  if (!found.ok) return found;
  const view = found.value;
  if (!view || !isSameId(view.resourceGuid, removal.resourceGuid ?? '')) return done;
  const looked = await lookAtAssociation(azure, removal, view);
  if (looked.ok) {
    await note(dependencies, input, 'succeeded', 'Both sides show the association again.');
    return done;
  }
  if (looked.error.code !== 'AllocationNotConfirmed') return looked;
  await note(dependencies, input, 'waiting', looked.error.message);
  return success({ done: false, waitsFor: looked.error.message });
};
