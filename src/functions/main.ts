import { app as functions } from '@azure/functions';
import * as df from 'durable-functions';
import type { ActivityName } from '../activities/activity-contracts.ts';
import { associateVirtualNetwork } from '../activities/associate-virtual-network.ts';
import { awaitAssociation } from '../activities/await-association.ts';
import { awaitPrefix } from '../activities/await-prefix.ts';
import { claimVirtualNetwork } from '../activities/claim-virtual-network.ts';
import { confirmRelease } from '../activities/confirm-release.ts';
import { confirmRemoval } from '../activities/confirm-removal.ts';
import { confirmUndoneAssociation } from '../activities/confirm-undone-association.ts';
import { confirmUndoneDisassociation } from '../activities/confirm-undone-disassociation.ts';
import { deleteVirtualNetwork } from '../activities/delete-virtual-network.ts';
import { deployVirtualNetwork } from '../activities/deploy-virtual-network.ts';
import { detachPeerings } from '../activities/detach-peerings.ts';
import { disassociateVirtualNetwork } from '../activities/disassociate-virtual-network.ts';
import { nameLeftovers } from '../activities/name-leftovers.ts';
import { planRequest } from '../activities/plan-request.ts';
import { publishEvent } from '../activities/publish-event.ts';
import { publishOutcome } from '../activities/publish-outcome.ts';
import { readDecision } from '../activities/read-decision.ts';
import { readError } from '../activities/read-error.ts';
import { recheckPlan } from '../activities/recheck-plan.ts';
import { recordCompensation } from '../activities/record-compensation.ts';
import { recordState } from '../activities/record-state.ts';
import { releaseVirtualNetwork } from '../activities/release-virtual-network.ts';
import { removeVirtualNetwork } from '../activities/remove-virtual-network.ts';
import { restorePeerings } from '../activities/restore-peerings.ts';
import type { Activity } from '../activities/step.ts';
import { trackDeletion } from '../activities/track-deletion.ts';
import { trackDeployment } from '../activities/track-deployment.ts';
import { trackRemoval } from '../activities/track-removal.ts';
import { trackUpdate } from '../activities/track-update.ts';
import { undoAssociation } from '../activities/undo-association.ts';
import { undoDisassociation } from '../activities/undo-disassociation.ts';
import { withTimeline } from '../activities/with-timeline.ts';
import { allocateVnet } from '../orchestrations/allocate-vnet.ts';
import { associateVnet } from '../orchestrations/associate-vnet.ts';
import { awaitDecision } from '../orchestrations/await-decision.ts';
import { orchestrationNames } from '../orchestrations/names.ts';
import { pollUntilDone } from '../orchestrations/poll-until-done.ts';
import { removeVnet } from '../orchestrations/remove-vnet.ts';
import { createApp } from './app.ts';
import { entities } from './queues.ts';
import { receiveRequest } from './receive-request.ts';
import { readSettings, serviceBusConnection } from './settings.ts';
import { sweepRequests } from './sweep-requests.ts';

const app = createApp(readSettings(process.env));

df.app.client.serviceBusQueue('receiveRequest', {
  connection: serviceBusConnection,
  queueName: entities.requests,
  handler: (body, client, context) => receiveRequest(app, body, client, context),
});

df.app.client.timer('sweepRequests', {
  schedule: '0 */5 * * * *',
  handler: (_timer, client, context) => sweepRequests(app, client, context),
});

functions.http('health', {
  methods: ['GET'],
  route: 'health',
  authLevel: 'anonymous',
  handler: async () => ({ jsonBody: { status: 'healthy' } }),
});

const activities: { readonly [N in ActivityName]: Activity<N> } = {
  planRequest,
  recordState,
  publishEvent,
  publishOutcome,
  readDecision,
  readError,
  claimVirtualNetwork,
  recheckPlan,
  deployVirtualNetwork,
  trackDeployment,
  awaitPrefix,
  deleteVirtualNetwork,
  trackDeletion,
  confirmRelease,
  nameLeftovers,
  releaseVirtualNetwork,
  associateVirtualNetwork,
  awaitAssociation,
  undoAssociation,
  confirmUndoneAssociation,
  disassociateVirtualNetwork,
  undoDisassociation,
  confirmUndoneDisassociation,
  trackUpdate,
  detachPeerings,
  restorePeerings,
  removeVirtualNetwork,
  trackRemoval,
  confirmRemoval,
  recordCompensation,
};

for (const [name, activity] of Object.entries(activities)) {
  df.app.activity(name, { handler: withTimeline(activity as Activity<ActivityName>, app) });
}

df.app.orchestration(orchestrationNames.allocateVnet, allocateVnet);
df.app.orchestration(orchestrationNames.associateVnet, associateVnet);
df.app.orchestration(orchestrationNames.removeVnet, removeVnet);
df.app.orchestration(orchestrationNames.awaitDecision, awaitDecision);
df.app.orchestration(orchestrationNames.pollUntilDone, pollUntilDone);
