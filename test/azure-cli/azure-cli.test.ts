import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Control, until } from '../support/control.ts';
import { trust } from '../support/trust.ts';
import { AzureCli, bash, blocksOfGuide, missing } from './azure-cli.ts';
import { EmulatedAzureProcess } from './emulated-azure.ts';

const networkContributor = '4d97b98b-1d4f-4787-a291-c67834d212e7';
const ipamPoolUser = '7b3e853f-ad5d-4fb5-a7b8-56a3581c7037';
/** The one in Microsoft's tutorial. */
const apiVersion = 'api-version=2022-07-01';

interface ControlState {
  readonly applications: readonly {
    clientId: string;
    displayName: string;
    signInAudience: string;
  }[];
  readonly network: {
    readonly virtualNetworks: readonly {
      id: string;
      tenantId: string;
      properties: { provisioningState: string; addressSpace: { addressPrefixes: string[] } };
    }[];
    readonly pools: readonly {
      id: string;
      tenantId: string;
      addressPrefixes: string[];
      allocations: { resourceId: string; addressPrefixes: string[] }[];
    }[];
  };
}

describe('the Azure CLI', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-azure-cli-'));
  let azure: EmulatedAzureProcess;
  let control: Control;

  beforeAll(async () => {
    if (missing !== undefined) return;
    azure = await EmulatedAzureProcess.start(folder);
    trust(azure.ready.azure.caFile);
    control = new Control(azure.ready.azure.control);
  });

  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });

  afterAll(async () => {
    await azure?.stop();
    rmSync(folder, { recursive: true });
  });

  async function state(networkId: string) {
    const { network } = (await control.state()) as ControlState;
    const pool = network.pools.find(({ id }) => id === azure.ready.landscape.pools[0]?.id);
    if (pool === undefined) throw new Error('The pool of the tests is gone.');
    const allocation = pool.allocations.find(({ resourceId }) => resourceId === networkId);
    return {
      network: network.virtualNetworks.find(({ id }) => id === networkId),
      pool,
      allocation,
    };
  }

  /** Until the emulated Azure has ended the last write. */
  function settled(networkId: string): Promise<void> {
    return until(
      async () => (await state(networkId)).network?.properties.provisioningState === 'Succeeded',
      `the end of the write to ${networkId}`,
    );
  }

  test('takes a VNet of one tenant through its life with prefixes from a pool of the other', async () => {
    const { landscape, administrators } = azure.ready;
    const managed = landscape.managedTenants[0];
    const pool = landscape.pools[0]?.id;
    if (managed === undefined) throw new Error('The landscape has no managed tenant.');
    const group = `/subscriptions/${managed.subscriptionId}/resourceGroups/${managed.resourceGroup}`;
    const network = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-by-cli`;
    const az = await AzureCli.connect(folder);
    const signIn = (tenant: string, clientId: string, secret: string) =>
      az.run(
        ...['login', '--service-principal', '--tenant', tenant],
        ...['--username', clientId, '--password', secret],
      );
    const administrate = (tenant: string) => {
      const found = administrators.find(({ tenantId }) => tenantId === tenant);
      return signIn(tenant, found?.clientId ?? '', found?.clientSecret ?? '');
    };
    const assign = (role: string, principalId: string, scope: string) => {
      const roles = `${scope.split('/').slice(0, 3).join('/')}/providers/Microsoft.Authorization/roleDefinitions`;
      return az.rest(
        'put',
        `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?api-version=2022-04-01`,
        {
          properties: {
            roleDefinitionId: `${roles}/${role}`,
            principalId,
            principalType: 'ServicePrincipal',
          },
        },
      );
    };

    // An application of the managed tenant, opened to other tenants.
    expect(await administrate(managed.tenantId)).toMatchObject([
      {
        id: managed.subscriptionId,
        tenantId: managed.tenantId,
        cloudName: 'emulated',
        state: 'Enabled',
        user: { type: 'servicePrincipal' },
      },
    ]);
    const application = await az.run('ad', 'app', 'create', '--display-name', 'by-cli');
    expect(application).toMatchObject({ displayName: 'by-cli', signInAudience: 'AzureADMyOrg' });
    const { appId } = application;
    const credential = await az.run('ad', 'app', 'credential', 'reset', '--id', appId);
    expect(credential).toEqual({ appId, password: expect.any(String), tenant: managed.tenantId });
    const toManagement = () => signIn(landscape.managementTenantId, appId, credential.password);
    await expect(toManagement()).rejects.toThrow('AADSTS700016');
    await az.run(
      'ad',
      'app',
      'update',
      '--id',
      appId,
      '--set',
      'signInAudience=AzureADMultipleOrgs',
    );
    await expect(toManagement()).rejects.toThrow('AADSTS7000229');

    // A service principal with its role in each tenant.
    const principal = await az.run('ad', 'sp', 'create', '--id', appId);
    expect(principal).toMatchObject({ appId, signInAudience: 'AzureADMultipleOrgs' });
    expect(await assign(networkContributor, principal.id, group)).toMatchObject({
      properties: { principalId: principal.id, scope: group },
    });
    await administrate(landscape.managementTenantId);
    const stub = await az.run('ad', 'sp', 'create', '--id', appId);
    expect(stub).toMatchObject({ appId, appOwnerOrganizationId: managed.tenantId });
    expect(stub.id).not.toBe(principal.id);
    expect(await assign(ipamPoolUser, stub.id, pool ?? '')).toMatchObject({
      properties: { principalId: stub.id, scope: pool },
    });

    // Two tokens, one PUT.
    const own = [{ id: managed.subscriptionId, user: { name: appId } }];
    expect(await signIn(managed.tenantId, appId, credential.password)).toMatchObject(own);
    const foreign = [{ id: landscape.managementSubscriptionId, user: { name: appId } }];
    expect(await toManagement()).toMatchObject(foreign);
    const token = await az.run(
      ...['account', 'get-access-token', '--resource=https://management.azure.com/'],
      ...['--tenant', landscape.managementTenantId],
    );
    expect(token).toMatchObject({ tokenType: 'Bearer', tenant: landscape.managementTenantId });
    const auxiliary = ['--headers', `x-ms-authorization-auxiliary=Bearer ${token.accessToken}`];
    const url = `${azure.ready.azure.resourceManager}${network}?${apiVersion}`;
    const allocations = [{ numberOfIpAddresses: '100', pool: { id: pool } }];
    const body = {
      location: 'centralus',
      properties: { addressSpace: { ipamPoolPrefixAllocations: allocations } },
    };
    await expect(az.rest('put', url, body)).rejects.toThrow('LinkedAuthorizationFailed');
    const created = await az.rest('put', url, body, ...auxiliary);
    const { addressPrefixes } = created.properties.addressSpace;
    expect(addressPrefixes).not.toEqual([]);
    expect(created).toMatchObject({ id: network, location: 'centralus' });
    const held = await state(network);
    expect(held.allocation?.addressPrefixes).toEqual(addressPrefixes);
    expect(held.network?.tenantId).toBe(managed.tenantId);
    expect(held.pool.tenantId).toBe(landscape.managementTenantId);

    // Release keeps the VNet and frees the pool; another allocation goes with its VNet.
    await settled(network);
    const released = { ...body, properties: { addressSpace: { addressPrefixes } } };
    expect(await az.rest('put', url, released, ...auxiliary)).toMatchObject({
      properties: { addressSpace: { addressPrefixes } },
    });
    expect((await state(network)).allocation).toBeUndefined();
    await settled(network);
    await az.rest('put', url, body, ...auxiliary);
    expect((await state(network)).allocation).toBeDefined();
    await settled(network);
    expect(await az.rest('delete', url, undefined, ...auxiliary)).toBeUndefined();
    await until(async () => (await state(network)).network === undefined, 'the end of the VNet');
    expect((await state(network)).allocation).toBeUndefined();
  });

  test('does everything that the guide says, as it says it', async () => {
    const own = join(folder, 'guide');
    mkdirSync(join(own, '.local'), { recursive: true });
    for (const file of ['azure.json', 'ca.pem']) {
      cpSync(join(folder, '.local', file), join(own, '.local', file));
    }
    await control.clearRequests();
    const printed = await bash(own, blocksOfGuide());
    const lists = [...printed.matchAll(/^\[.*?^\]$/gms)].map(([list]) => JSON.parse(list));
    const [ofNetwork, ofPool] = lists.slice(-2);
    expect(ofNetwork).toEqual([
      expect.stringMatching(/^10\./),
      expect.anything(),
      expect.anything(),
    ]);
    expect(ofPool).toEqual([ofNetwork]);
    expect(printed.trim().endsWith('"0"')).toBe(true);
    const writes = (await control.requests()).filter(
      ({ method, path }) => method !== 'GET' && path.endsWith('/vnet-tutorial'),
    );
    expect(writes.map(({ method, status }) => [method, status])).toEqual([
      ['PUT', 201],
      ['PUT', 200],
      ['DELETE', 202],
    ]);
  });
});
