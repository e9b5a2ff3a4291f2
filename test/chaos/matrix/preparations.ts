import { allocateMessage, associateMessage } from '../../../src/local/demo/messages.ts';
import { isEndState } from '../../../src/model/states.ts';
import { existingNetwork, unknownMembersOf } from '../../support/existing-network.ts';
import { decision } from '../../support/requests.ts';
import { readAzure } from './azure-state.ts';
import { networksOfFabrikam, type Stage, type Subject } from './stage.ts';

const hub = 'vnet-hub';
const peeringWithHub = {
  remoteVirtualNetwork: { id: `${networksOfFabrikam}/${hub}` },
  allowForwardedTraffic: true,
};

/** A VNet that nobody requested, with much that a careless PUT would lose. */
export async function createExisting(stage: Stage, subject: Subject): Promise<void> {
  await createHub(stage);
  await put(stage, subject.network, {
    ...existingNetwork(subject.prefix),
    virtualNetworkPeerings: [{ name: 'to-hub', ...peeringWithHub }],
  });
  await stage.control.change(unknownMembersOf(subject.networkId));
}

/** A VNet that a request of its own has created. */
export async function allocate(stage: Stage, { requestId, network }: Subject): Promise<void> {
  await succeed(stage, allocateMessage(stage.platform.ready, `${requestId}-ALLOCATED`, network));
}

/** An association that a request of its own has made. */
export async function associate(stage: Stage, { requestId, network }: Subject): Promise<void> {
  await succeed(stage, associateMessage(stage.platform.ready, `${requestId}-ASSOCIATED`, network));
}

/**
 * Our side of a peering. The hub has none back: one that is Disconnected would keep ours from being
 * restored, which is a matter for the people of the hub.
 */
export async function peerWithHub(stage: Stage, { network, networkId }: Subject): Promise<void> {
  await createHub(stage);
  const { client, resourceGroup } = stage.lookUp.managedTenant('fabrikam');
  await client.virtualNetworkPeerings
    .createOrUpdate(resourceGroup, network, 'to-hub', peeringWithHub)
    .submitted();
  await settled(stage, networkId);
}

async function createHub(stage: Stage): Promise<void> {
  const { networks } = await readAzure(stage);
  if (networks.has(`${networksOfFabrikam}/${hub}`.toLowerCase())) return;
  await put(stage, hub, {
    location: 'centralus',
    addressSpace: { addressPrefixes: ['192.168.0.0/24'] },
  });
}

async function put(stage: Stage, name: string, body: ReturnType<typeof existingNetwork>) {
  const { client, resourceGroup } = stage.lookUp.managedTenant('fabrikam');
  await client.virtualNetworks.createOrUpdate(resourceGroup, name, body).submitted();
  await settled(stage, `${networksOfFabrikam}/${name}`);
}

const settled = (stage: Stage, id: string): Promise<void> =>
  stage.runUntil(`${id} to be settled`, async () => {
    const network = (await readAzure(stage)).networks.get(id.toLowerCase());
    return network?.properties.provisioningState === 'Succeeded';
  });

/** Queues a request, approves it when it waits for that. */
export async function sendApproved(stage: Stage, request: { readonly id: string }): Promise<void> {
  const { id } = request;
  await stage.send(request);
  await stage.runUntil(`${id} to wait or go on`, async () => {
    const state = (await stage.ledger.getRequest(id))?.state;
    return state !== undefined && !['received', 'planning'].includes(state);
  });
  if ((await stage.ledger.getRequest(id))?.state === 'awaiting-approval') {
    await stage.send(decision(id, 'approve'));
  }
}

/** Cancels a request as soon as it is in a state, unless it ends without. */
export async function cancelIn(stage: Stage, id: string, state: string): Promise<void> {
  await stage.runUntil(`${id} to be ${state}`, async () => {
    const now = (await stage.ledger.getRequest(id))?.state;
    return now !== undefined && (now === state || isEndState(now));
  });
  const { state: now } = (await stage.ledger.getRequest(id)) ?? {};
  if (now === state) await stage.send(decision(id, 'cancel'));
}

async function succeed(stage: Stage, request: { readonly id: string }): Promise<void> {
  await sendApproved(stage, request);
  const { state, error } = await stage.runToEnd(request.id);
  if (state === 'succeeded') return;
  throw new Error(`The preparation ${request.id} ended as ${state}: ${error?.message}`);
}
