import { expect, test } from 'vitest';
import {
  type Answer,
  ipamSubnet,
  networkPath,
  plainBody,
  putNetwork,
  TestNetwork,
} from './test-network.ts';

test('peered VNets cannot overlap', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  putNetwork(azure, plainBody(['172.16.0.0/24']), 'hub');
  putNetwork(azure, plainBody(['172.16.0.0/25']), 'twin');
  putNetwork(azure, plainBody(['10.0.0.0/25']), 'clash');
  azure.finish();
  const peer = (from: string, to: string): Answer =>
    azure.call('PUT', `${networkPath(from)}/virtualNetworkPeerings/to-${to}`, {
      body: { properties: { remoteVirtualNetwork: { id: networkPath(to) } } },
    });
  expect(peer('v', 'hub')).toMatchObject({
    status: 201,
    body: { properties: { peeringState: 'Initiated', provisioningState: 'Updating' } },
  });
  expect(peer('hub', 'v').body.properties.peeringState).toBe('Connected');
  azure.finish();
  expect(peer('v', 'clash').body.error.code).toBe('VnetAddressSpacesOverlap');
  expect(peer('v', 'twin').body.error.code).toBe('VnetAddressSpaceOverlapsWithAlreadyPeeredVnet');
  expect(peer('v', 'nowhere').body.error.code).toBe('InvalidResourceReference');
  const peering = `${networkPath('v')}/virtualNetworkPeerings/to-hub`;
  expect(azure.call('GET', peering).body.properties).toMatchObject({
    peeringState: 'Connected',
    provisioningState: 'Succeeded',
  });
  expect(azure.call('DELETE', peering).status).toBe(202);
  azure.finish();
  expect(azure.call('GET', peering).body.error.code).toBe('NotFound');
  expect(azure.call('DELETE', networkPath('v')).status).toBe(202);
});

test('subnets can be written, read and deleted one by one', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  const path = `${networkPath('v')}/subnets/s`;
  const body = ipamSubnet('s', 64);
  expect(azure.call('PUT', path, { body }).status).toBe(409);
  azure.finish();
  const created = azure.call('PUT', path, { body });
  expect(created).toMatchObject({
    status: 201,
    body: { name: 's', id: path, properties: { addressPrefixes: ['10.0.0.0/26'] } },
  });
  azure.finish();
  const got = azure.call('GET', path);
  expect(got.headers['ETag']).toBe(got.body.etag);
  expect(got.body.etag).toBe(azure.call('GET', networkPath('v')).body.etag);
  expect(azure.call('GET', `${networkPath('v')}/subnets`).body.value).toHaveLength(1);
  const deleted = azure.call('DELETE', path);
  expect(deleted.status).toBe(202);
  azure.finish();
  expect(azure.call('GET', deleted.headers['Location'] ?? '').status).toBe(204);
  expect(azure.call('GET', path)).toMatchObject({
    status: 404,
    body: { error: { code: 'NotFound', message: `Resource ${path} not found.`, details: [] } },
  });
  expect(azure.call('DELETE', path).status).toBe(204);
  expect(azure.call('PUT', `${networkPath('none')}/subnets/s`, { body }).body.error.code).toBe(
    'ParentResourceNotFound',
  );
});
