import { join } from 'node:path';
import { app as functions } from '@azure/functions';
import * as df from 'durable-functions';
import type { ActivityName } from '../activities/activity-contracts.ts';
import { awaitPrefix } from '../activities/allocate/await-prefix.ts';
import { confirmRelease } from '../activities/allocate/confirm-release.ts';
import { deleteVirtualNetwork } from '../activities/allocate/delete-virtual-network.ts';
import { deployVirtualNetwork } from '../activities/allocate/deploy-virtual-network.ts';
import { trackDeletion } from '../activities/allocate/track-deletion.ts';
import { trackDeployment } from '../activities/allocate/track-deployment.ts';
import { associateVirtualNetwork } from '../activities/associate/associate-virtual-network.ts';
import { awaitAssociation } from '../activities/associate/await-association.ts';
import { confirmUndoneAssociation } from '../activities/associate/confirm-undone-association.ts';
import { trackUpdate } from '../activities/associate/track-update.ts';
import { undoAssociation } from '../activities/associate/undo-association.ts';
import type {
  CallbackActivity,
  CallbackActivityName,
} from '../activities/callbacks/callback-contracts.ts';
import { keepFailedCallback } from '../activities/callbacks/keep-failed-callback.ts';
import { postCallback } from '../activities/callbacks/post-callback.ts';
import { planRequest } from '../activities/planning/plan-request.ts';
import { recheckPlan } from '../activities/planning/recheck-plan.ts';
import { claimVirtualNetwork } from '../activities/records/claim-virtual-network.ts';
import { decideByPolicy } from '../activities/records/decide-by-policy.ts';
import { nameLeftovers } from '../activities/records/name-leftovers.ts';
import { publishEvent } from '../activities/records/publish-event.ts';
import { publishOutcome } from '../activities/records/publish-outcome.ts';
import { readApproval } from '../activities/records/read-approval.ts';
import { readError } from '../activities/records/read-error.ts';
import { recordCompensation } from '../activities/records/record-compensation.ts';
import { recordState } from '../activities/records/record-state.ts';
import { releaseQuota } from '../activities/records/release-quota.ts';
import { releaseVirtualNetwork } from '../activities/records/release-virtual-network.ts';
import { reserveQuota } from '../activities/records/reserve-quota.ts';
import { tellApprovers } from '../activities/records/tell-approvers.ts';
import { confirmRemoval } from '../activities/remove/confirm-removal.ts';
import { confirmUndoneDisassociation } from '../activities/remove/confirm-undone-disassociation.ts';
import { detachPeerings } from '../activities/remove/detach-peerings.ts';
import { disassociateVirtualNetwork } from '../activities/remove/disassociate-virtual-network.ts';
import { removeVirtualNetwork } from '../activities/remove/remove-virtual-network.ts';
import { restorePeerings } from '../activities/remove/restore-peerings.ts';
import { trackRemoval } from '../activities/remove/track-removal.ts';
import { undoDisassociation } from '../activities/remove/undo-disassociation.ts';
import type { Activity } from '../activities/step.ts';
import { withTimeline } from '../activities/with-timeline.ts';
import { allocateVnet } from '../orchestrations/allocate-vnet.ts';
import { associateVnet } from '../orchestrations/associate-vnet.ts';
import { awaitDecision } from '../orchestrations/await-decision.ts';
import { deliverCallback } from '../orchestrations/deliver-callback.ts';
import { orchestrationNames } from '../orchestrations/names.ts';
import { pollUntilDone } from '../orchestrations/poll-until-done.ts';
import { removeVnet } from '../orchestrations/remove-vnet.ts';
import { createApp } from './app.ts';
import { callbackDependencies } from './callbacks/callback-dependencies.ts';
import { receiveCallbackEvent } from './callbacks/receive-callback-event.ts';
import { withCallbackLog } from './callbacks/with-callback-log.ts';
import { registerRoutes } from './http/register-routes.ts';
import { createService } from './http/service.ts';
import { entities } from './intake/queues.ts';
import { receiveRequest } from './intake/receive-request.ts';
import { serviceBusConnection } from './service-bus-settings.ts';
import { readSettings } from './settings.ts';
import { observedActivity } from './telemetry/observed-activity.ts';
import { RequestFacts } from './telemetry/request-facts.ts';
import { inScope, type LogTarget } from './telemetry/scope.ts';
import { superviseLife } from './telemetry/supervise-life.ts';
import { lookAtDeadLetters } from './timers/look-at-dead-letters.ts';
import { noteAuditHead } from './timers/note-audit-head.ts';
import { purgeInstances } from './timers/purge-instances.ts';
import { recordPoolUsage } from './timers/record-pool-usage.ts';
import { sweepRequests } from './workflow/sweep-requests.ts';

const settings = readSettings(process.env);
const app = createApp(settings);
const { VNETV_KEEP_INSTANCES_DAYS: keepDays } = settings;
superviseLife(app, import.meta.dirname);

/** Runs a function so that what it calls writes to its log. */
const logged = <T>(context: LogTarget, run: () => T): T =>
  inScope({ target: context, facts: {} }, run);

const callbacks = callbackDependencies(settings, app.serviceBus);

df.app.client.serviceBusQueue('receiveRequest', {
  connection: serviceBusConnection,
  queueName: entities.requests,
  handler: (body, client, context) =>
    logged(context, () => receiveRequest(app, body, client, context)),
});

df.app.client.serviceBusTopic('receiveCallbackEvent', {
  connection: serviceBusConnection,
  topicName: entities.events,
  subscriptionName: entities.callbacks,
  handler: (body, client, context) =>
    logged(context, () => receiveCallbackEvent(app, body, client, context)),
});

df.app.client.timer('sweepRequests', {
  schedule: '0 */5 * * * *',
  handler: (_timer, client, context) => logged(context, () => sweepRequests(app, client, context)),
});

functions.timer('noteAuditHead', {
  schedule: '0 0 * * * *',
  handler: (_timer, context) => logged(context, () => noteAuditHead(app, context)),
});

functions.timer('recordPoolUsage', {
  schedule: '30 */15 * * * *',
  handler: (_timer, context) => logged(context, () => recordPoolUsage(app, context)),
});

functions.timer('lookAtDeadLetters', {
  schedule: '15 */15 * * * *',
  handler: (_timer, context) => logged(context, () => lookAtDeadLetters(app, context)),
});

df.app.client.timer('purgeInstances', {
  schedule: '45 20 * * * *',
  handler: (_timer, client, context) =>
    logged(context, () => purgeInstances(app, keepDays, client, context)),
});

// The build makes import.meta.dirname the folder of main.cjs.
registerRoutes(createService(app, settings, join(import.meta.dirname, 'web')));

const activities: { readonly [N in ActivityName]: Activity<N> } = {
  planRequest,
  recordState,
  publishEvent,
  publishOutcome,
  readApproval,
  tellApprovers,
  decideByPolicy,
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
  reserveQuota,
  releaseQuota,
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

const requestFacts = new RequestFacts(app.ledger);
for (const [name, activity] of Object.entries(activities)) {
  const run = withTimeline(activity as Activity<ActivityName>, app);
  df.app.activity(name, { handler: observedActivity(name, run, requestFacts) });
}

for (const [name, activity] of Object.entries({ postCallback, keepFailedCallback })) {
  df.app.activity(name, {
    handler: withCallbackLog(activity as CallbackActivity<CallbackActivityName>, callbacks),
  });
}

df.app.orchestration(orchestrationNames.deliverCallback, deliverCallback);
df.app.orchestration(orchestrationNames.allocateVnet, allocateVnet);
df.app.orchestration(orchestrationNames.associateVnet, associateVnet);
df.app.orchestration(orchestrationNames.removeVnet, removeVnet);
df.app.orchestration(orchestrationNames.awaitDecision, awaitDecision);
df.app.orchestration(orchestrationNames.pollUntilDone, pollUntilDone);
