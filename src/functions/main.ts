import { app as functions } from '@azure/functions';
import * as df from 'durable-functions';
import type { ActivityName } from '../activities/activity-contracts.ts';
import { awaitPrefix } from '../activities/await-prefix.ts';
import { claimVirtualNetwork } from '../activities/claim-virtual-network.ts';
import { confirmRelease } from '../activities/confirm-release.ts';
import { deleteVirtualNetwork } from '../activities/delete-virtual-network.ts';
import { deployVirtualNetwork } from '../activities/deploy-virtual-network.ts';
import { nameLeftovers } from '../activities/name-leftovers.ts';
import { planRequest } from '../activities/plan-request.ts';
import { publishEvent } from '../activities/publish-event.ts';
import { publishOutcome } from '../activities/publish-outcome.ts';
import { readDecision } from '../activities/read-decision.ts';
import { readError } from '../activities/read-error.ts';
import { recheckPlan } from '../activities/recheck-plan.ts';
import { recordState } from '../activities/record-state.ts';
import { releaseVirtualNetwork } from '../activities/release-virtual-network.ts';
import type { Activity } from '../activities/step.ts';
import { trackDeletion } from '../activities/track-deletion.ts';
import { trackDeployment } from '../activities/track-deployment.ts';
import { withTimeline } from '../activities/with-timeline.ts';
import { allocateVnet } from '../orchestrations/allocate-vnet.ts';
import { awaitDecision } from '../orchestrations/await-decision.ts';
import { orchestrationNames } from '../orchestrations/names.ts';
import { pollUntilDone } from '../orchestrations/poll-until-done.ts';
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
};

for (const [name, activity] of Object.entries(activities)) {
  df.app.activity(name, { handler: withTimeline(activity as Activity<ActivityName>, app) });
}

df.app.orchestration(orchestrationNames.allocateVnet, allocateVnet);
df.app.orchestration(orchestrationNames.awaitDecision, awaitDecision);
df.app.orchestration(orchestrationNames.pollUntilDone, pollUntilDone);
