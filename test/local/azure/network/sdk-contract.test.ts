import { NetworkManagementClient, restorePoller } from '@azure/arm-network';
import {
  auxiliaryAuthenticationHeaderPolicy,
  type PipelineResponse,
  RestError,
} from '@azure/core-rest-pipeline';
import { ClientSecretCredential } from '@azure/identity';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../../src/local/azure/server.ts';
import { control, ids, scopes, startTestAzure } from '../support/test-azure.ts';

/** The unmodified clients against the emulated Azure over TLS (azure-ipam 15). */
const scope = 'https://management.azure.com/.default';
const groupA = 'rg-ipam';
const groupB = 'rg-app';

let azure: EmulatedAzure;
/** The application: primary token of B, auxiliary token of A. */
let networks: NetworkManagementClient;
/** The application in A, with IPAM Pool User only. */
let poolUser: NetworkManagementClient;
let administratorA: NetworkManagementClient;
let administratorB: NetworkManagementClient;
/** What came over the wire, in order. */
let wire: PipelineResponse[] = [];

interface Application {
  readonly clientId: string;
  readonly clientSecret: string;
}

function credentialOf(tenantId: string, application: Application): ClientSecretCredential {
  const { clientId, clientSecret } = application;
  return new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: azure.authority,
    disableInstanceDiscovery: true,
  });
}

function clientOf(
  tenantId: string,
  subscriptionId: string,
  application: Application,
  auxiliary: readonly ClientSecretCredential[] = [],
): NetworkManagementClient {
  const policies = [
    {
      policy: {
        name: 'wire',
        sendRequest: async (request, next) => {
          const response = await next(request);
          wire.push(response);
          return response;
        },
      } satisfies Parameters<NetworkManagementClient['pipeline']['addPolicy']>[0],
      position: 'perRetry' as const,
    },
    ...(auxiliary.length === 0
      ? []
      : [
          {
            policy: auxiliaryAuthenticationHeaderPolicy({
              credentials: [...auxiliary],
              scopes: scope,
            }),
            position: 'perRetry' as const,
          },
        ]),
  ];
  return new NetworkManagementClient(credentialOf(tenantId, application), subscriptionId, {
    endpoint: azure.resourceManager,
    additionalPolicies: policies,
  });
}

beforeAll(async () => {
  azure = await startTestAzure();
  const auxiliary = [credentialOf(ids.tenantA, ids.application)];
  networks = clientOf(ids.tenantB, ids.subscriptionB, ids.application, auxiliary);
  poolUser = clientOf(ids.tenantA, ids.subscriptionA, ids.application);
  administratorA = clientOf(ids.tenantA, ids.subscriptionA, ids.administratorA);
  administratorB = clientOf(ids.tenantB, ids.subscriptionB, ids.administratorB);
});
afterAll(() => azure.close());
beforeEach(() => {
  wire = [];
});

const statuses = (): string[] => wire.map(({ request, status }) => `${request.method} ${status}`);

// biome-ignore lint/suspicious/noExplicitAny: wire JSON, looked at in assertions only
const lastBody = (): any => JSON.parse(wire.at(-1)?.bodyAsText ?? 'null');

/** Retry-After is 0 at this speed; the poller's own pause would be two seconds. */
const quick = { updateIntervalInMs: 1 };

const allocationOf = (count: number, pool = scopes.pool) => ({
  numberOfIpAddresses: String(count),
  id: pool,
});

const body = (count: number, subnets: readonly string[] = []) => ({
  location: 'eastus',
  addressSpace: { addressPrefixes: [], ipamPoolPrefixAllocations: [allocationOf(count)] },
  subnets: subnets.map((name) => ({
    name,
    addressPrefixes: [],
    ipamPoolPrefixAllocations: [allocationOf(64)],
  })),
});

async function refusalOf(call: PromiseLike<unknown>): Promise<RestError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RestError) return error;
    throw error;
  }
  throw new Error('the call was not refused');
}

test('one awaited call allocates across tenants; reading, growing and deleting agree with the pool', async () => {
  const usage = () => poolUser.ipamPools.getPoolUsage(groupA, 'nm', 'pool');
  const before = await usage();
  let first: { status: number; requestId: string | null | undefined; body: unknown } | undefined;
  wire = [];
  const created = await networks.virtualNetworks.createOrUpdate(groupB, 'v', body(256, ['s1']), {
    ...quick,
    onResponse: (response) => {
      first = {
        status: response.status,
        requestId: response.headers.get('x-ms-request-id'),
        body: response.parsedBody,
      };
    },
  });
  expect(first).toMatchObject({
    status: 201,
    body: {
      properties: {
        provisioningState: 'Updating',
        addressSpace: { addressPrefixes: ['10.0.0.0/24'] },
      },
    },
  });
  expect(statuses()[0]).toBe('PUT 201');
  expect(wire[0]?.headers.get('azure-asyncoperation')).toContain(
    `/operations/${first?.requestId}?`,
  );
  expect(wire[0]?.headers.has('etag')).toBe(false);
  expect(wire.at(-1)?.headers.get('etag')).toBe(created.etag);
  expect(created).toMatchObject({
    provisioningState: 'Succeeded',
    addressSpace: {
      addressPrefixes: ['10.0.0.0/24'],
      ipamPoolPrefixAllocations: [
        { id: scopes.pool, numberOfIpAddresses: '256', allocatedAddressPrefixes: ['10.0.0.0/24'] },
      ],
    },
    subnets: [{ name: 's1', addressPrefixes: ['10.0.0.0/26'] }],
  });

  const associations = [];
  for await (const item of poolUser.ipamPools.listAssociatedResources(groupA, 'nm', 'pool')) {
    associations.push(item);
  }
  expect(associations).toMatchObject([
    { resourceId: created.id, addressPrefixes: ['10.0.0.0/24'], createdAt: expect.any(Date) },
  ]);

  const got = await networks.virtualNetworks.get(groupB, 'v');
  const updated = await networks.virtualNetworks.createOrUpdate(groupB, 'v', got, quick);
  expect(updated.addressSpace).toEqual(created.addressSpace);
  expect(updated.subnets?.[0]?.addressPrefixes).toEqual(['10.0.0.0/26']);
  expect(updated.etag).not.toBe(created.etag);

  wire = [];
  await networks.virtualNetworks.delete(groupB, 'v', quick);
  expect(statuses()[0]).toBe('DELETE 202');
  expect(wire[0]?.headers.get('location')).toContain('/operationResults/');
  expect(await usage()).toEqual(before);
  const gone = await refusalOf(networks.virtualNetworks.get(groupB, 'v'));
  expect(gone).toMatchObject({ statusCode: 404, code: 'NotFound' });
});

test('a poller can be serialized, restored and polled to the end', async () => {
  const poller = networks.virtualNetworks.createOrUpdate(groupB, 'restored', body(256), quick);
  const state = await poller.serialize();
  const restored = restorePoller(networks, state, networks.virtualNetworks.createOrUpdate, quick);
  const result = await restored;
  expect(result).toMatchObject({ name: 'restored', provisioningState: 'Succeeded' });
  await networks.virtualNetworks.delete(groupB, 'restored', quick);
});

test('refusals come as RestError with the code of Azure', async () => {
  const codeOf = async (changes: object): Promise<unknown> => {
    const call = networks.virtualNetworks.createOrUpdate(groupB, 'refused', {
      ...body(256),
      ...changes,
    });
    const { statusCode, code } = await refusalOf(call);
    return { statusCode, code };
  };
  const space = (allocations: object[], addressPrefixes: string[] = []) => ({
    addressSpace: { addressPrefixes, ipamPoolPrefixAllocations: allocations },
  });
  expect(await codeOf(space([allocationOf(8), allocationOf(16)]))).toEqual({
    statusCode: 400,
    code: 'CannotHaveDuplicatePoolIds',
  });
  expect(await codeOf(space([allocationOf(8)], ['10.0.0.0/24']))).toEqual({
    statusCode: 400,
    code: 'CannotMixAddressPrefixAndPoolInPayload',
  });
  expect(await codeOf(space([], ['10.0.0.1/24']))).toEqual({
    statusCode: 400,
    code: 'InvalidCIDRNotation',
  });
  const unknownSubscription = scopes.pool.replace(ids.subscriptionA, ids.tenantA);
  expect(await codeOf(space([allocationOf(8, unknownSubscription)]))).toEqual({
    statusCode: 403,
    code: 'LinkedAuthorizationFailed',
  });
  const missing = await refusalOf(networks.virtualNetworks.get(groupB, 'refused'));
  expect(missing).toMatchObject({ statusCode: 404, code: 'ResourceNotFound' });
});

test('without the auxiliary token the pool of the other tenant cannot be linked', async () => {
  const alone = clientOf(ids.tenantB, ids.subscriptionB, ids.application);
  const error = await refusalOf(alone.virtualNetworks.createOrUpdate(groupB, 'alone', body(8)));
  expect(error).toMatchObject({ statusCode: 403, code: 'LinkedAuthorizationFailed' });
  expect(error.message).toContain(
    `however the current tenant '${ids.tenantB}' is not authorized to access linked subscription '${ids.subscriptionA}'.`,
  );
});

test('a failed operation throws, and leaves a VNet in Failed that holds its prefixes', async () => {
  await control(azure, 'POST', '/faults', {
    match: { method: 'PUT', path: '/virtualNetworks/failing', times: 1 },
    effect: { failOperation: { code: 'InternalServerError', message: 'An error occurred.' } },
  });
  const failing = networks.virtualNetworks.createOrUpdate(groupB, 'failing', body(8), quick);
  await expect(failing).rejects.toThrow(
    /The long-running operation has failed. InternalServerError/,
  );
  const left = await networks.virtualNetworks.get(groupB, 'failing');
  expect(left.provisioningState).toBe('Failed');
  expect(left.addressSpace?.addressPrefixes).toHaveLength(1);
  await networks.virtualNetworks.delete(groupB, 'failing', quick);
});

test('pools are created, changed and deleted, whichever way they announce it', async () => {
  const pools = administratorA.ipamPools;
  for (const poolCreateHeader of ['azure-async-operation', 'location', 'operation-results']) {
    await control(azure, 'POST', '/state', { switches: { poolCreateHeader } });
    wire = [];
    const created = await pools.create(groupA, 'nm', 'extra', {
      location: 'eastus',
      properties: { addressPrefixes: ['172.16.0.0/16'], description: 'old' },
    });
    expect(statuses()[0]).toBe('PUT 201');
    expect(created.properties).toMatchObject({
      provisioningState: 'Succeeded',
      ipAddressType: ['IPv4'],
    });
    wire = [];
    const updated = await pools.create(
      groupA,
      'nm',
      'extra',
      {
        location: 'eastus',
        properties: { addressPrefixes: ['172.16.0.0/16', '172.17.0.0/16'], description: 'new' },
      },
      quick,
    );
    expect(wire[0]?.status).toBe(200);
    expect(JSON.parse(wire[0]?.bodyAsText ?? '')).toMatchObject({
      properties: {
        addressPrefixes: ['172.16.0.0/16'],
        description: 'new',
        provisioningState: 'Updating',
      },
    });
    expect(updated.properties).toMatchObject({
      addressPrefixes: ['172.16.0.0/16', '172.17.0.0/16'],
      provisioningState: 'Succeeded',
    });
    await pools.update(groupA, 'nm', 'extra', { body: { properties: { displayName: 'Extra' } } });
    await pools.delete(groupA, 'nm', 'extra', quick);
    await expect
      .poll(async () => {
        const error = await refusalOf(pools.get(groupA, 'nm', 'extra'));
        return { statusCode: error.statusCode, body: lastBody() };
      })
      .toEqual({
        statusCode: 404,
        body: {
          code: 'NotFound',
          message: expect.stringMatching(/^Ipam pool '.*' not found\.$/),
          target: null,
          details: null,
          additionalInfo: null,
        },
      });
  }
  await control(azure, 'POST', '/state', { switches: { poolCreateHeader: null } });
});

test('static CIDRs are made by prefix and by count, listed and deleted', async () => {
  const cidrs = administratorA.staticCidrs;
  const byPrefix = await cidrs.create(groupA, 'nm', 'pool', 'by-prefix', {
    body: { properties: { addressPrefixes: ['10.0.128.0/24'] } },
  });
  expect(statuses()).toEqual(['PUT 200']);
  expect(byPrefix.properties).toMatchObject({
    addressPrefixes: ['10.0.128.0/24'],
    totalNumberOfIPAddresses: '256',
  });
  const byCount = await cidrs.create(groupA, 'nm', 'pool', 'by-count', {
    body: { properties: { numberOfIPAddressesToAllocate: '256' } },
  });
  expect(byCount.properties?.numberOfIPAddressesToAllocate).toBe('');
  const names = [];
  for await (const { name } of cidrs.list(groupA, 'nm', 'pool')) names.push(name);
  expect(names).toEqual(['by-count', 'by-prefix']);
  for (const name of ['by-count', 'by-prefix']) await cidrs.delete(groupA, 'nm', 'pool', name);
  expect(statuses().at(-1)).toBe('DELETE 204');
  const error = await refusalOf(cidrs.get(groupA, 'nm', 'pool', 'by-count'));
  expect(error).toMatchObject({ statusCode: 404, code: 'NotFound' });
});

test('a network manager and a connection with two sides', async () => {
  const created = await administratorA.networkManagers.createOrUpdate(groupA, 'nm2', {
    location: 'eastus',
    networkManagerScopes: { managementGroups: [], subscriptions: [scopes.subscriptionA] },
    networkManagerScopeAccesses: [],
  });
  expect(statuses()).toEqual(['PUT 200']);
  expect(created.etag).toBe('');
  const connection = await administratorA.scopeConnections.createOrUpdate(groupA, 'nm2', 'to-b', {
    tenantId: ids.tenantB,
    resourceId: scopes.subscriptionB,
  });
  expect(connection.connectionState).toBe('Pending');
  const other = await administratorB.subscriptionNetworkManagerConnections.createOrUpdate('to-a', {
    networkManagerId: created.id ?? '',
  });
  expect(other.connectionState).toBe('Pending');
  await expect
    .poll(async () => {
      const { connectionState } = await administratorA.scopeConnections.get(groupA, 'nm2', 'to-b');
      return connectionState;
    })
    .toBe('Connected');
  const again = await administratorA.scopeConnections.createOrUpdate(groupA, 'nm2', 'to-b', {
    tenantId: ids.tenantB,
    resourceId: scopes.subscriptionB,
  });
  expect(again.connectionState).toBe('Connected');
  await administratorB.subscriptionNetworkManagerConnections.delete('to-a');
  await administratorA.scopeConnections.delete(groupA, 'nm2', 'to-b');
  const missing = await refusalOf(administratorA.scopeConnections.get(groupA, 'nm2', 'to-b'));
  expect(missing.statusCode).toBe(404);
  expect(Object.keys(lastBody().error)).toEqual(['message', 'code']);
  wire = [];
  await administratorA.networkManagers.delete(groupA, 'nm2');
  expect(statuses()[0]).toBe('DELETE 200');
});

test('subnets, peerings, tags and lists', async () => {
  await networks.virtualNetworks.createOrUpdate(groupB, 'spoke', body(256), quick);
  await networks.virtualNetworks.createOrUpdate(
    groupB,
    'hub',
    {
      location: 'eastus',
      addressSpace: { addressPrefixes: ['192.168.0.0/24'] },
    },
    quick,
  );
  const subnet = await networks.subnets.createOrUpdate(
    groupB,
    'spoke',
    's1',
    {
      addressPrefixes: [],
      ipamPoolPrefixAllocations: [allocationOf(64)],
    },
    quick,
  );
  expect(subnet.addressPrefixes).toHaveLength(1);
  const hub = `${scopes.groupB}/providers/Microsoft.Network/virtualNetworks/hub`;
  const wanted = { remoteVirtualNetwork: { id: hub } };
  const peering = await networks.virtualNetworkPeerings.createOrUpdate(
    groupB,
    'spoke',
    'to-hub',
    wanted,
    quick,
  );
  expect(peering.peeringState).toBe('Initiated');
  const tagged = await networks.virtualNetworks.updateTags(groupB, 'spoke', { tags: { a: 'b' } });
  expect(tagged.tags).toEqual({ a: 'b' });
  const names = [];
  for await (const { name } of networks.virtualNetworks.list(groupB)) names.push(name);
  expect(names).toEqual(['hub', 'spoke']);
  await networks.virtualNetworkPeerings.delete(groupB, 'spoke', 'to-hub', quick);
  await networks.subnets.delete(groupB, 'spoke', 's1', quick);
  await networks.virtualNetworks.delete(groupB, 'spoke', quick);
  await networks.virtualNetworks.delete(groupB, 'hub', quick);
  await networks.virtualNetworks.delete(groupB, 'hub', quick);
  expect(statuses().at(-1)).toBe('DELETE 204');
});
