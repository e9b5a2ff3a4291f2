import type { ActivityName } from '../../../src/activities/activity-contracts.ts';
import { awaitPrefix } from '../../../src/activities/allocate/await-prefix.ts';
import { confirmRelease } from '../../../src/activities/allocate/confirm-release.ts';
import { deleteVirtualNetwork } from '../../../src/activities/allocate/delete-virtual-network.ts';
import { deployVirtualNetwork } from '../../../src/activities/allocate/deploy-virtual-network.ts';
import { trackDeletion } from '../../../src/activities/allocate/track-deletion.ts';
import { trackDeployment } from '../../../src/activities/allocate/track-deployment.ts';
import { associateVirtualNetwork } from '../../../src/activities/associate/associate-virtual-network.ts';
import { awaitAssociation } from '../../../src/activities/associate/await-association.ts';
import { confirmUndoneAssociation } from '../../../src/activities/associate/confirm-undone-association.ts';
import { trackUpdate } from '../../../src/activities/associate/track-update.ts';
import { undoAssociation } from '../../../src/activities/associate/undo-association.ts';
import { planRequest } from '../../../src/activities/planning/plan-request.ts';
import { recheckPlan } from '../../../src/activities/planning/recheck-plan.ts';
import { claimVirtualNetwork } from '../../../src/activities/records/claim-virtual-network.ts';
import { decideByPolicy } from '../../../src/activities/records/decide-by-policy.ts';
import { nameLeftovers } from '../../../src/activities/records/name-leftovers.ts';
import { publishEvent } from '../../../src/activities/records/publish-event.ts';
import { publishOutcome } from '../../../src/activities/records/publish-outcome.ts';
import { readApproval } from '../../../src/activities/records/read-approval.ts';
import { readError } from '../../../src/activities/records/read-error.ts';
import { recordCompensation } from '../../../src/activities/records/record-compensation.ts';
import { recordState } from '../../../src/activities/records/record-state.ts';
import { releaseQuota } from '../../../src/activities/records/release-quota.ts';
import { releaseVirtualNetwork } from '../../../src/activities/records/release-virtual-network.ts';
import { reserveQuota } from '../../../src/activities/records/reserve-quota.ts';
import { tellApprovers } from '../../../src/activities/records/tell-approvers.ts';
import { confirmRemoval } from '../../../src/activities/remove/confirm-removal.ts';
import { confirmUndoneDisassociation } from '../../../src/activities/remove/confirm-undone-disassociation.ts';
import { detachPeerings } from '../../../src/activities/remove/detach-peerings.ts';
import { disassociateVirtualNetwork } from '../../../src/activities/remove/disassociate-virtual-network.ts';
import { removeVirtualNetwork } from '../../../src/activities/remove/remove-virtual-network.ts';
import { restorePeerings } from '../../../src/activities/remove/restore-peerings.ts';
import { trackRemoval } from '../../../src/activities/remove/track-removal.ts';
import { undoDisassociation } from '../../../src/activities/remove/undo-disassociation.ts';
import type { Activity } from '../../../src/activities/step.ts';
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
  readApproval,
  tellApprovers,
  decideByPolicy,
  readError,
  recheckPlan,
  recordCompensation,
  recordState,
  releaseVirtualNetwork,
  reserveQuota,
  releaseQuota,
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
