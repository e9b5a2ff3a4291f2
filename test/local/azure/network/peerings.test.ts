import { expect, test } from 'vitest';
import {
  changeNetwork,
  deleteNetworkResourcesOf,
} from '../../../../src/local/azure/network/network-operations.ts';
import type { Switches } from '../../../../src/local/azure/switches.ts';
import { scopes } from '../support/test-azure.ts';
import { type Answer, networkPath, plainBody, putNetwork, TestNetwork } from './test-network.ts';

const peeringPath = (from: string, to: string): string =>
  `${networkPath(from)}/virtualNetworkPeerings/to-${to}`;

function peer(azure: TestNetwork, from: string, to: string): Answer {
  const answer = azure.call('PUT', peeringPath(from, to), {
    body: { properties: { remoteVirtualNetwork: { id: networkPath(to) } } },
  });
  azure.finish();
  return answer;
}

const stateOf = (azure: TestNetwork, from: string, to: string): string =>
  azure.call('GET', peeringPath(from, to)).body.properties.peeringState;

/** `v` and `hub`, Connected. */
function peered(switches: Partial<Switches> = {}): TestNetwork {
  const azure = new TestNetwork({ switches });
  putNetwork(azure, plainBody(['10.9.0.0/24']), 'v');
  putNetwork(azure, plainBody(['172.16.0.0/24']), 'hub');
  azure.finish();
  peer(azure, 'v', 'hub');
  peer(azure, 'hub', 'v');
  expect([stateOf(azure, 'v', 'hub'), stateOf(azure, 'hub', 'v')]).toEqual([
    'Connected',
    'Connected',
  ]);
  return azure;
}

const refusal = {
  status: 400,
  body: {
    error: {
      code: 'RemotePeeringIsDisconnected',
      message: `Cannot create or update peering ${peeringPath('v', 'hub')} because remote peering ${peeringPath('hub', 'v')} referencing parent virtual network ${networkPath('v')} is in Disconnected state. Update or re-create the remote peering to get it back to Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.`,
      details: [],
    },
  },
};

test('a peering whose other side was deleted is Disconnected, and has to be written before that side comes back', () => {
  const azure = peered();
  const { etag } = azure.call('GET', networkPath('hub')).body;
  azure.call('DELETE', peeringPath('v', 'hub'));
  expect(stateOf(azure, 'hub', 'v')).toBe('Connected');
  azure.finish();
  expect(azure.call('GET', peeringPath('hub', 'v')).body).toMatchObject({
    properties: { peeringState: 'Disconnected', peeringSyncLevel: 'RemoteNotInSync' },
  });
  expect(azure.call('GET', networkPath('hub')).body.etag).not.toBe(etag);
  expect(peer(azure, 'v', 'hub')).toMatchObject(refusal);
  expect(peer(azure, 'hub', 'v').body.properties.peeringState).toBe('Initiated');
  expect(peer(azure, 'v', 'hub').body.properties.peeringState).toBe('Connected');
  expect(stateOf(azure, 'hub', 'v')).toBe('Connected');
});

test('a Disconnected side may be deleted and made again instead', () => {
  const azure = peered();
  azure.call('DELETE', peeringPath('v', 'hub'));
  azure.finish();
  azure.call('DELETE', peeringPath('hub', 'v'));
  azure.finish();
  expect(peer(azure, 'v', 'hub').body.properties.peeringState).toBe('Initiated');
  expect(peer(azure, 'hub', 'v').body.properties.peeringState).toBe('Connected');
});

test('a peering that nobody answered stays Initiated when nothing was there to be deleted', () => {
  const azure = new TestNetwork();
  putNetwork(azure, plainBody(['10.9.0.0/24']), 'v');
  putNetwork(azure, plainBody(['172.16.0.0/24']), 'hub');
  azure.finish();
  peer(azure, 'hub', 'v');
  expect(azure.call('DELETE', peeringPath('v', 'hub')).status).toBe(204);
  azure.finish();
  expect(stateOf(azure, 'hub', 'v')).toBe('Initiated');
});

test('by a switch a peering comes back while its other side is Disconnected', () => {
  const azure = peered({ refusePeeringWithDisconnectedRemote: false });
  azure.call('DELETE', peeringPath('v', 'hub'));
  azure.finish();
  expect(peer(azure, 'v', 'hub').body.properties.peeringState).toBe('Initiated');
  expect(stateOf(azure, 'hub', 'v')).toBe('Disconnected');
  expect(peer(azure, 'hub', 'v').body.properties.peeringState).toBe('Connected');
  expect(stateOf(azure, 'v', 'hub')).toBe('Connected');
});

test('the body of a VNet adds and drops peerings by the same rules', () => {
  const azure = peered();
  const { body } = azure.call('GET', networkPath('v'));
  const { virtualNetworkPeerings: _, ...unsaid } = body.properties;
  expect(putNetwork(azure, { ...body, properties: unsaid }).status).toBe(200);
  azure.finish();
  expect(stateOf(azure, 'hub', 'v')).toBe('Connected');
  const properties = { ...body.properties, virtualNetworkPeerings: [] };
  expect(putNetwork(azure, { ...body, properties }).status).toBe(200);
  expect(stateOf(azure, 'hub', 'v')).toBe('Disconnected');
  azure.finish();
  expect(putNetwork(azure, body)).toMatchObject(refusal);
});

test('a Disconnected peering stays so when the body of its VNet is sent back', () => {
  const azure = peered();
  azure.call('DELETE', peeringPath('v', 'hub'));
  azure.finish();
  expect(putNetwork(azure, azure.call('GET', networkPath('hub')).body, 'hub').status).toBe(200);
  azure.finish();
  expect(stateOf(azure, 'hub', 'v')).toBe('Disconnected');
});

test('a VNet with peerings goes, and leaves the other side Disconnected, even if it comes back', () => {
  const azure = peered();
  expect(azure.call('DELETE', networkPath('v')).status).toBe(202);
  azure.finish();
  expect(azure.call('GET', networkPath('v')).status).toBe(404);
  expect(stateOf(azure, 'hub', 'v')).toBe('Disconnected');
  putNetwork(azure, plainBody(['10.9.0.0/24']), 'v');
  azure.finish();
  expect(stateOf(azure, 'hub', 'v')).toBe('Disconnected');
  expect(peer(azure, 'v', 'hub')).toMatchObject(refusal);
});

test('by a switch a VNet with peerings cannot be deleted', () => {
  const azure = peered({ peeringsBlockDeletion: true });
  expect(azure.call('DELETE', networkPath('v'))).toMatchObject({
    status: 400,
    body: {
      error: {
        code: 'InUseVirtualNetworkCannotBeDeleted',
        message: expect.stringContaining(`is in use by ${peeringPath('v', 'hub')}`),
      },
    },
  });
  azure.call('DELETE', peeringPath('v', 'hub'));
  azure.finish();
  expect(azure.call('DELETE', networkPath('v')).status).toBe(202);
});

test('whatever else takes a VNet away leaves the other side Disconnected too', () => {
  const byGroup = peered();
  putNetwork(byGroup, plainBody(['192.168.0.0/24']), 'rest');
  const hub = networkPath('hub').replace('/rg-app/', '/rg-hub/');
  byGroup.call('PUT', hub, { body: plainBody(['172.16.1.0/24']) });
  byGroup.finish();
  const remoteVirtualNetwork = { id: networkPath('v') };
  const path = `${hub}/virtualNetworkPeerings/p`;
  byGroup.call('PUT', path, { body: { properties: { remoteVirtualNetwork } } });
  byGroup.finish();
  deleteNetworkResourcesOf(byGroup.services, scopes.groupB);
  putNetwork(byGroup, plainBody(['10.9.0.0/24']), 'v');
  byGroup.finish();
  expect(byGroup.call('GET', path).body.properties.peeringState).toBe('Disconnected');

  const byControl = peered();
  const id = networkPath('v');
  const replace = { change: 'replaceVirtualNetwork', id, addressPrefixes: ['10.9.0.0/24'] };
  changeNetwork(byControl.services, replace);
  expect(stateOf(byControl, 'hub', 'v')).toBe('Disconnected');
});
