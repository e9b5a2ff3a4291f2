import type { ActivityName } from '../../../src/activities/activity-contracts.ts';
import { associateVirtualNetwork } from '../../../src/activities/associate-virtual-network.ts';
import { awaitAssociation } from '../../../src/activities/await-association.ts';
import { awaitPrefix } from '../../../src/activities/await-prefix.ts';
import { claimVirtualNetwork } from '../../../src/activities/claim-virtual-network.ts';
import { confirmRelease } from '../../../src/activities/confirm-release.ts';
import { confirmRemoval } from '../../../src/activities/confirm-removal.ts';
import { confirmUndoneAssociation } from '../../../src/activities/confirm-undone-association.ts';
import { confirmUndoneDisassociation } from '../../../src/activities/confirm-undone-disassociation.ts';
import { deleteVirtualNetwork } from '../../../src/activities/delete-virtual-network.ts';
import { deployVirtualNetwork } from '../../../src/activities/deploy-virtual-network.ts';
import { detachPeerings } from '../../../src/activities/detach-peerings.ts';
import { disassociateVirtualNetwork } from '../../../src/activities/disassociate-virtual-network.ts';
import { nameLeftovers } from '../../../src/activities/name-leftovers.ts';
import { planRequest } from '../../../src/activities/plan-request.ts';
import { publishEvent } from '../../../src/activities/publish-event.ts';
import { publishOutcome } from '../../../src/activities/publish-outcome.ts';
import { readDecision } from '../../../src/activities/read-decision.ts';
import { readError } from '../../../src/activities/read-error.ts';
import { recheckPlan } from '../../../src/activities/recheck-plan.ts';
import { recordCompensation } from '../../../src/activities/record-compensation.ts';
import { recordState } from '../../../src/activities/record-state.ts';
import { releaseVirtualNetwork } from '../../../src/activities/release-virtual-network.ts';
import { removeVirtualNetwork } from '../../../src/activities/remove-virtual-network.ts';
import { restorePeerings } from '../../../src/activities/restore-peerings.ts';
import type { Activity } from '../../../src/activities/step.ts';
import { trackDeletion } from '../../../src/activities/track-deletion.ts';
import { trackDeployment } from '../../../src/activities/track-deployment.ts';
import { trackRemoval } from '../../../src/activities/track-removal.ts';
import { trackUpdate } from '../../../src/activities/track-update.ts';
import { undoAssociation } from '../../../src/activities/undo-association.ts';
import { undoDisassociation } from '../../../src/activities/undo-disassociation.ts';
import { allocateVnet } from '../../../src/orchestrations/allocate-vnet.ts';
import { associateVnet } from '../../../src/orchestrations/associate-vnet.ts';
import { awaitDecision } from '../../../src/orchestrations/await-decision.ts';
import { orchestrationNames } from '../../../src/orchestrations/names.ts';
import { pollUntilDone } from '../../../src/orchestrations/poll-until-done.ts';
import { removeVnet } from '../../../src/orchestrations/remove-vnet.ts';
import type { Orchestration } from './orchestrator-turn.ts';

export type ActivityTable = { readonly [N in ActivityName]: Activity<N> };

/** The activities of production, under the names that they are registered under. */
export const activities: ActivityTable = {
  undoDisassociation,
  undoAssociation,
  trackUpdate,
  disassociateVirtualNetwork,
  confirmUndoneDisassociation,
  confirmUndoneAssociation,
  awaitAssociation,
  associateVirtualNetwork,
  awaitPrefix,
  claimVirtualNetwork,
  confirmRelease,
  confirmRemoval,
  deleteVirtualNetwork,
  deployVirtualNetwork,
  detachPeerings,
  nameLeftovers,
  planRequest,
  publishEvent,
  publishOutcome,
  readDecision,
  readError,
  recheckPlan,
  recordCompensation,
  recordState,
  releaseVirtualNetwork,
  removeVirtualNetwork,
  restorePeerings,
  trackDeletion,
  trackDeployment,
  trackRemoval,
};

export const orchestrations: Readonly<Record<string, Orchestration>> = {
  [orchestrationNames.allocateVnet]: allocateVnet,
  [orchestrationNames.associateVnet]: associateVnet,
  [orchestrationNames.removeVnet]: removeVnet,
  [orchestrationNames.awaitDecision]: awaitDecision,
  [orchestrationNames.pollUntilDone]: pollUntilDone,
};
