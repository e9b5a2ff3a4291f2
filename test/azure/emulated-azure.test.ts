import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Azure } from '../../src/azure/azure.ts';
import { allows } from '../../src/azure/permissions.ts';
import type { EmulatedAzure } from '../../src/local/azure/server.ts';
import type { Deployment, VirtualNetworkTarget } from '../../src/model/plan.ts';
import {
  arm,
  control,
  ids,
  scopes,
  startTestAzure,
  tokenOf,
} from '../local/azure/support/test-azure.ts';
import { azureOf, target, unwrap } from './on-emulated-azure.ts';

let emulated: EmulatedAzure;
let azure: Azure;

beforeAll(async () => {
  emulated = await startTestAzure();
  azure = azureOf(emulated);
});
afterEach(async () => {
  await control(emulated, 'DELETE', '/faults');
  await control(emulated, 'DELETE', '/requests');
});
afterAll(() => emulated.close());

const associate = 'Microsoft.Network/networkManagers/ipamPools/associateResourcesToPool/action';

function deployment(name: string, numberOfIpAddresses = '256'): Deployment {
  const allocation = (count: string) => ({
    poolAlias: 'pool',
    poolId: scopes.pool,
    family: 'IPv4' as const,
    numberOfIpAddresses: count,
  });
  return {
    requestId: 'RITM1',
    operation: 'allocate',
    target: target(name),
    allocations: [allocation(numberOfIpAddresses)],
    subnets: [{ name: 'app', allocations: [allocation('32')] }],
    tags: { 'vnet-vending-request': 'RITM1' },
  };
}

/** Polls until the operation is over, as the workflow does. */
async function finish(at: VirtualNetworkTarget, operationUrl: string | undefined): Promise<void> {
  if (operationUrl === undefined) throw new Error('The operation has no URL.');
  await expect
    .poll(async () => unwrap(await azure.pollOperation(at, operationUrl)).status, {
      timeout: 5_000,
    })
    .toBe('succeeded');
}

async function remove(name: string): Promise<void> {
  const network = unwrap(await azure.getVirtualNetwork(target(name)));
  if (!network) return;
  const started = unwrap(await azure.deleteVirtualNetwork(target(name), network.etag));
  if (started) await finish(target(name), started.operationUrl);
}

const fault = (match: object, effect: object) =>
  control(emulated, 'POST', '/faults', { match, effect });

describe('against the emulated Azure', () => {
  test('a VNet in B takes its prefix from the pool in A, and gives it back', async () => {
    const before = unwrap(await azure.getPoolUsage(scopes.pool));
    const started = unwrap(await azure.createVirtualNetwork(deployment('vnet-a')));
    expect(started.requestId).toBeDefined();
    await finish(target('vnet-a'), started.operationUrl);

    const network = unwrap(await azure.getVirtualNetwork(target('vnet-a')));
    expect(network).toMatchObject({
      provisioningState: 'Succeeded',
      location: 'eastus',
      tags: { 'vnet-vending-request': 'RITM1' },
      addressPrefixes: ['10.0.0.0/24'],
      allocations: [{ numberOfIpAddresses: '256', prefixes: ['10.0.0.0/24'] }],
      subnets: [{ name: 'app', addressPrefixes: ['10.0.0.0/27'] }],
    });
    expect(network?.allocations[0]?.poolId.toLowerCase()).toBe(scopes.pool.toLowerCase());
    const associations = unwrap(await azure.listPoolAssociations(scopes.pool));
    expect(associations).toHaveLength(1);
    expect(associations[0]).toMatchObject({ prefixes: ['10.0.0.0/24'] });
    expect(associations[0]?.resourceId.toLowerCase()).toBe(
      target('vnet-a').virtualNetworkId.toLowerCase(),
    );
    expect(unwrap(await azure.getPoolUsage(scopes.pool))).toMatchObject({
      numberOfAllocatedIpAddresses: '256',
      totalNumberOfIpAddresses: '65536',
    });

    await remove('vnet-a');
    expect(unwrap(await azure.getVirtualNetwork(target('vnet-a')))).toBeNull();
    expect(unwrap(await azure.getPoolUsage(scopes.pool))).toEqual(before);
    expect(unwrap(await azure.listPoolAssociations(scopes.pool))).toEqual([]);
  });

  test('an existing VNet is never overwritten, and only the one that was read is deleted', async () => {
    const started = unwrap(await azure.createVirtualNetwork(deployment('vnet-b')));
    await finish(target('vnet-b'), started.operationUrl);
    expect(await azure.createVirtualNetwork(deployment('vnet-b'))).toMatchObject({
      ok: false,
      error: { code: 'PreconditionFailed' },
    });
    expect(await azure.deleteVirtualNetwork(target('vnet-b'), 'W/"another"')).toMatchObject({
      ok: false,
      error: { code: 'PreconditionFailed' },
    });
    await remove('vnet-b');
    expect(unwrap(await azure.deleteVirtualNetwork(target('vnet-b'), 'W/"any"'))).toBeNull();
  });

  test('every call is one request, with the tokens that it needs', async () => {
    await azure.createVirtualNetwork(deployment('vnet-c', '64'));
    const { body } = await control(emulated, 'GET', '/requests');
    const puts = (body.requests ?? body).filter(
      (request: { method: string }) => request.method === 'PUT',
    );
    expect(puts).toHaveLength(1);
    expect(JSON.stringify(puts[0])).toContain(ids.tenantA);
    expect(JSON.stringify(puts[0])).toContain(ids.tenantB);
    await expect
      .poll(async () => unwrap(await azure.getVirtualNetwork(target('vnet-c')))?.provisioningState)
      .toBe('Succeeded');
    await remove('vnet-c');
  });

  test('a pool without the space refuses with the words of IPAM and leaves nothing', async () => {
    const before = unwrap(await azure.getPoolUsage(scopes.pool));
    const outcome = await azure.createVirtualNetwork(deployment('vnet-d', '131072'));
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'AzureRefused', details: { ipamStatus: 'BadRequest' } },
    });
    expect(unwrap(await azure.getPoolUsage(scopes.pool))).toEqual(before);
    expect(unwrap(await azure.getVirtualNetwork(target('vnet-d')))).toBeNull();
  });

  test('an operation that fails keeps its code', async () => {
    await fault(
      { method: 'PUT', path: 'virtualNetworks/vnet-e' },
      { failOperation: { code: 'InternalServerError', message: 'An error occurred.' } },
    );
    const { operationUrl } = unwrap(await azure.createVirtualNetwork(deployment('vnet-e')));
    await expect
      .poll(() => azure.pollOperation(target('vnet-e'), operationUrl ?? ''))
      .toMatchObject({
        ok: false,
        error: { code: 'OperationFailed', details: { azureCode: 'InternalServerError' } },
      });
    await remove('vnet-e');
  });

  test.each<[string, object, object]>([
    [
      'throttling',
      { status: 429, code: 'TooManyRequests', headers: { 'Retry-After': '4' } },
      { code: 'Throttled', retryAfterSeconds: 4 },
    ],
    [
      'another operation',
      { status: 409, code: 'AnotherOperationInProgress' },
      { code: 'ResourceBusy' },
    ],
    ['a server error', { status: 500, code: 'InternalServerError' }, { code: 'AzureUnavailable' }],
    ['a lost request', { dropConnection: true }, { code: 'AzureUnavailable' }],
    ['a lost answer', { applyThenDrop: true }, { code: 'AzureUnavailable' }],
  ])('%s is told as what it is', async (name, effect, error) => {
    const vnet = `vnet-${name.replaceAll(' ', '-')}`;
    await fault({ method: 'PUT', path: `virtualNetworks/${vnet}`, times: 1 }, effect);
    expect(await azure.createVirtualNetwork(deployment(vnet, '64'))).toMatchObject({
      ok: false,
      error,
    });
    const made = unwrap(await azure.getVirtualNetwork(target(vnet)));
    expect(made !== null).toBe(name === 'a lost answer');
    await expect
      .poll(async () => unwrap(await azure.getVirtualNetwork(target(vnet)))?.provisioningState)
      .not.toBe('Updating');
    await remove(vnet);
  });

  test('permissions are those of the role at the scope, told by actions', async () => {
    const pool = unwrap(await azure.listPermissions({ tenantId: ids.tenantA, scope: scopes.pool }));
    expect(allows(pool, associate)).toBe(true);
    expect(allows(pool, 'Microsoft.Network/virtualNetworks/write')).toBe(false);
    const group = unwrap(
      await azure.listPermissions({ tenantId: ids.tenantB, scope: scopes.groupB }),
    );
    expect(allows(group, 'Microsoft.Network/virtualNetworks/write')).toBe(true);
  });

  test('the pool itself is read only with a role that lets us', async () => {
    expect(await azure.getPool(scopes.pool)).toMatchObject({
      ok: false,
      error: { code: 'PermissionMissing' },
    });
    const reader = { scope: scopes.pool, role: 'Reader', principalId: ids.objectIdInA };
    await control(emulated, 'POST', '/state', { roleAssignments: { add: [reader] } });
    expect(unwrap(await azure.getPool(scopes.pool))).toEqual({
      location: 'eastus',
      family: 'IPv4',
      addressPrefixes: ['10.0.0.0/16'],
    });
    await control(emulated, 'POST', '/state', { roleAssignments: { drop: [reader] } });
  });

  test('a missing role on the pool, or on the resource group, is named with its scope', async () => {
    const onPool = { scope: scopes.pool, role: 'IPAM Pool User', principalId: ids.objectIdInA };
    await control(emulated, 'POST', '/state', { roleAssignments: { drop: [onPool] } });
    const linked = await azure.createVirtualNetwork(deployment('vnet-f'));
    expect(linked).toMatchObject({
      ok: false,
      error: { code: 'LinkedAuthorizationFailed', details: { action: associate } },
    });
    await control(emulated, 'POST', '/state', { roleAssignments: { add: [onPool] } });

    const onGroup = {
      scope: scopes.groupB,
      role: 'Network Contributor',
      principalId: ids.objectIdInB,
    };
    await control(emulated, 'POST', '/state', { roleAssignments: { drop: [onGroup] } });
    expect(await azure.createVirtualNetwork(deployment('vnet-f'))).toMatchObject({
      ok: false,
      error: {
        code: 'PermissionMissing',
        details: { action: 'Microsoft.Network/virtualNetworks/write' },
      },
    });
    await control(emulated, 'POST', '/state', { roleAssignments: { add: [onGroup] } });
  });

  test('a landscape with the wrong management tenant is told from a missing role', async () => {
    const wrong = azureOf(emulated, ids.application, ids.tenantB);
    expect(await wrong.createVirtualNetwork(deployment('vnet-f'))).toMatchObject({
      ok: false,
      error: {
        code: 'LinkedAuthorizationFailed',
        details: { linkedSubscription: ids.subscriptionA },
        remedy: expect.stringContaining('landscape'),
      },
    });
  });

  test('a landscape with the wrong managed tenant is told which one is right', async () => {
    const wrong = { ...target('vnet-f'), tenantId: ids.tenantA };
    expect(await azure.getVirtualNetwork(wrong)).toMatchObject({
      ok: false,
      error: {
        code: 'AuthenticationFailed',
        kind: 'operator',
        details: { expectedTenantId: ids.tenantB },
      },
    });
  });

  test('a resource group is shown with its region, or is null', async () => {
    const { tenantB, subscriptionB } = ids;
    expect(unwrap(await azure.getResourceGroup(tenantB, subscriptionB, 'rg-app'))).toEqual({
      location: 'eastus',
    });
    // Network Contributor on one group lets us not look at others.
    expect(await azure.getResourceGroup(tenantB, subscriptionB, 'rg-none')).toMatchObject({
      ok: false,
      error: { code: 'PermissionMissing' },
    });
  });

  test('a connection is seen once the network manager may be read', async () => {
    const { tenantB, subscriptionB } = ids;
    expect(await azure.listScopeConnections(tenantB, subscriptionB)).toMatchObject({
      ok: false,
      error: { code: 'PermissionMissing' },
    });
    const reader = { scope: scopes.networkManager, role: 'Reader', principalId: ids.objectIdInA };
    await control(emulated, 'POST', '/state', { roleAssignments: { add: [reader] } });
    expect(unwrap(await azure.listScopeConnections(tenantB, subscriptionB))).toEqual([]);
    const token = await tokenOf(emulated, ids.tenantA, ids.administratorA);
    await arm(emulated, 'PUT', `${scopes.networkManager}/scopeConnections/to-b`, {
      token,
      body: { properties: { tenantId: tenantB, resourceId: `/subscriptions/${subscriptionB}` } },
    });
    expect(unwrap(await azure.listScopeConnections(tenantB, subscriptionB))).toEqual([
      { name: 'to-b', state: 'Pending' },
    ]);
  });

  test('tokens are refreshed when Azure says that one expired on the way', async () => {
    const path = 'virtualNetworks/vnet-g';
    await fault(
      { method: 'GET', path, times: 1 },
      { status: 401, code: 'ExpiredAuthenticationToken' },
    );
    const asked = async () =>
      JSON.stringify((await control(emulated, 'GET', '/requests')).body).split('oauth2/v2.0/token')
        .length;
    expect(await azure.getVirtualNetwork(target('vnet-g'))).toMatchObject({
      ok: false,
      error: { code: 'AuthenticationFailed', kind: 'retryable' },
    });
    const before = await asked();
    expect(unwrap(await azure.getVirtualNetwork(target('vnet-g')))).toBeNull();
    expect(await asked()).toBe(before + 1);
  });
});

describe('a VNet that is being created', () => {
  test.each([409, 429])('is busy (%i), and the error holds no signed URL', async (busyAnswer) => {
    const slow = await startTestAzure({
      speed: 1,
      switches: { busyAnswer: busyAnswer as 409 | 429 },
    });
    try {
      const slowAzure = azureOf(slow);
      const { operationUrl } = unwrap(await slowAzure.createVirtualNetwork(deployment('vnet-h')));
      expect(unwrap(await slowAzure.pollOperation(target('vnet-h'), operationUrl ?? ''))).toEqual({
        status: 'running',
        retryAfterSeconds: 10,
      });
      const network = unwrap(await slowAzure.getVirtualNetwork(target('vnet-h')));
      const outcome = await slowAzure.deleteVirtualNetwork(target('vnet-h'), network?.etag ?? '');
      expect(outcome).toMatchObject({
        ok: false,
        error: { code: 'ResourceBusy', kind: 'retryable' },
      });
      const signature = new URL(operationUrl ?? '').searchParams.get('s') ?? '';
      expect(signature).not.toBe('');
      expect(JSON.stringify(outcome)).not.toContain(signature);
    } finally {
      await slow.close();
    }
  });
});

describe('signing in at the emulated Entra ID', () => {
  test('tells who we are in each tenant', async () => {
    expect(unwrap(await azure.checkToken(ids.tenantA))).toEqual({ objectId: ids.objectIdInA });
    expect(unwrap(await azure.checkToken(ids.tenantB))).toEqual({ objectId: ids.objectIdInB });
  });

  test.each<[string, { clientId: string; clientSecret: string }, string, string, string]>([
    [
      'no service principal',
      ids.notOnboarded,
      ids.tenantB,
      'ServicePrincipalMissing',
      'AADSTS7000229',
    ],
    [
      'a single-tenant application',
      ids.singleTenant,
      ids.tenantB,
      'ApplicationNotMultiTenant',
      'AADSTS700016',
    ],
    [
      'an unknown application',
      { clientId: ids.tenantA, clientSecret: 'secret of nobody' },
      ids.tenantA,
      'ServicePrincipalMissing',
      'AADSTS700016',
    ],
    [
      'a wrong secret',
      { ...ids.application, clientSecret: 'not the secret' },
      ids.tenantB,
      'CredentialInvalid',
      'AADSTS7000215',
    ],
    ['an unknown tenant', ids.application, ids.subscriptionA, 'TokenUnavailable', 'AADSTS90002'],
  ])('with %s is told apart', async (_, application, tenantId, code, azureCode) => {
    const outcome = await azureOf(emulated, application).checkToken(tenantId);
    expect(outcome).toMatchObject({
      ok: false,
      error: { code, kind: 'operator', details: { azureCode } },
    });
    expect(JSON.stringify(outcome)).not.toContain(application.clientSecret);
  });
});
