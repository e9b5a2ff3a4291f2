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

interface NetworkState {
  readonly virtualNetworks: readonly {
    id: string;
    tenantId: string;
    properties: { provisioningState: string };
  }[];
  readonly pools: readonly {
    id: string;
    tenantId: string;
    allocations: { resourceId: string; addressPrefixes: string[] }[];
  }[];
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

  /** Where the tests work: the first managed tenant and the first pool. */
  function places() {
    const { landscape, administrators } = azure.ready;
    const [managed] = landscape.managedTenants;
    const [pool] = landscape.pools;
    if (managed === undefined || pool === undefined) throw new Error('The landscape is empty.');
    const { tenantId, subscriptionId, resourceGroup } = managed;
    const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
    const management = { tenantId: landscape.managementTenantId, pool: pool.id };
    const administrate = (az: AzureCli, tenant: string) => {
      const found = administrators.find((each) => each.tenantId === tenant);
      return az.signIn(tenant, found?.clientId ?? '', found?.clientSecret ?? '');
    };
    return { management, managed: { tenantId, subscriptionId, group }, administrate };
  }

  /** What the emulated Azure holds for a VNet, in both tenants. */
  async function stateOf(networkId: string) {
    const state = (await control.state()) as NetworkState;
    const pool = state.pools.find(({ id }) => id === places().management.pool);
    return {
      network: state.virtualNetworks.find(({ id }) => id === networkId),
      pool,
      allocation: pool?.allocations.find(({ resourceId }) => resourceId === networkId),
    };
  }

  /** Until the emulated Azure has ended the last write. */
  function settled(networkId: string): Promise<void> {
    return until(
      async () => (await stateOf(networkId)).network?.properties.provisioningState === 'Succeeded',
      `the end of the write to ${networkId}`,
    );
  }

  /** An application of the managed tenant with a service principal and its role in each tenant. */
  async function onboard(az: AzureCli): Promise<{ appId: string; password: string }> {
    const { management, managed, administrate } = places();
    expect(await administrate(az, managed.tenantId)).toMatchObject([
      {
        ...{ id: managed.subscriptionId, tenantId: managed.tenantId, state: 'Enabled' },
        ...{ cloudName: 'emulated', user: { type: 'servicePrincipal' } },
      },
    ]);
    const application = await az.run('ad', 'app', 'create', '--display-name', 'by-cli');
    expect(application).toMatchObject({ displayName: 'by-cli', signInAudience: 'AzureADMyOrg' });
    const { appId } = application;
    const credential = await az.run('ad', 'app', 'credential', 'reset', '--id', appId);
    expect(credential).toEqual({ appId, password: expect.any(String), tenant: managed.tenantId });

    const signInAbroad = () => az.signIn(management.tenantId, appId, credential.password);
    await expect(signInAbroad()).rejects.toThrow('AADSTS700016');
    const audience = 'signInAudience=AzureADMultipleOrgs';
    expect(await az.run('ad', 'app', 'update', '--id', appId, '--set', audience)).toBeUndefined();
    await expect(signInAbroad()).rejects.toThrow('AADSTS7000229');

    const principal = await az.run('ad', 'sp', 'create', '--id', appId);
    expect(principal).toMatchObject({ appId, signInAudience: 'AzureADMultipleOrgs' });
    expect(await az.assignRole(networkContributor, principal.id, managed.group)).toMatchObject({
      properties: { principalId: principal.id, scope: managed.group },
    });
    await administrate(az, management.tenantId);
    const stub = await az.run('ad', 'sp', 'create', '--id', appId);
    expect(stub).toMatchObject({ appId, appOwnerOrganizationId: managed.tenantId });
    expect(stub.id).not.toBe(principal.id);
    expect(await az.assignRole(ipamPoolUser, stub.id, management.pool)).toMatchObject({
      properties: { principalId: stub.id, scope: management.pool },
    });
    return credential;
  }

  /** Signs the application in to both tenants; answers the option that carries the second token. */
  async function signInToBoth(
    az: AzureCli,
    { appId, password }: { readonly appId: string; readonly password: string },
  ): Promise<readonly string[]> {
    const { management, managed } = places();
    for (const { tenantId } of [managed, management]) {
      const signedIn = await az.signIn(tenantId, appId, password);
      expect(signedIn).toMatchObject([{ tenantId, user: { name: appId } }]);
    }
    const { value: tenants } = await az.rest('get', '/tenants?api-version=2022-12-01');
    expect(tenants).toHaveLength(2);
    const token = await az.run(
      ...['account', 'get-access-token', '--resource=https://management.azure.com/'],
      ...['--tenant', management.tenantId],
    );
    expect(token).toMatchObject({ tokenType: 'Bearer', tenant: management.tenantId });
    return ['--headers', `x-ms-authorization-auxiliary=Bearer ${token.accessToken}`];
  }

  test('takes a VNet of one tenant through its life with prefixes from a pool of the other', async () => {
    const { management, managed } = places();
    const network = `${managed.group}/providers/Microsoft.Network/virtualNetworks/vnet-by-cli`;
    const az = await AzureCli.connect(folder);
    const auxiliary = await signInToBoth(az, await onboard(az));

    // The address and the api-version as the tutorial has them.
    const url = `${azure.ready.azure.resourceManager}${network}?api-version=2022-07-01`;
    const bodyWith = (addressSpace: object) => ({
      location: 'centralus',
      properties: { addressSpace },
    });
    const allocating = bodyWith({
      ipamPoolPrefixAllocations: [{ numberOfIpAddresses: '100', pool: { id: management.pool } }],
    });
    await expect(az.rest('put', url, allocating)).rejects.toThrow('LinkedAuthorizationFailed');
    const created = await az.rest('put', url, allocating, ...auxiliary);
    expect(created).toMatchObject({ id: network, location: 'centralus' });
    const { addressPrefixes } = created.properties.addressSpace;
    expect(addressPrefixes).not.toEqual([]);
    const held = await stateOf(network);
    expect(held.network?.tenantId).toBe(managed.tenantId);
    expect(held.pool?.tenantId).toBe(management.tenantId);
    expect(held.allocation?.addressPrefixes).toEqual(addressPrefixes);

    // Without its allocation the VNet keeps its prefixes, and the pool has its space back.
    await settled(network);
    const released = await az.rest('put', url, bodyWith({ addressPrefixes }), ...auxiliary);
    expect(released.properties.addressSpace).toEqual({ addressPrefixes });
    expect((await stateOf(network)).allocation).toBeUndefined();

    // With an allocation again, it is the removal of the VNet that gives the space back.
    await settled(network);
    await az.rest('put', url, allocating, ...auxiliary);
    expect((await stateOf(network)).allocation).toBeDefined();
    await settled(network);
    expect(await az.rest('delete', url, undefined, ...auxiliary)).toBeUndefined();
    await until(async () => (await stateOf(network)).network === undefined, 'the end of the VNet');
    expect((await stateOf(network)).allocation).toBeUndefined();
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
    expect(ofNetwork).toEqual(['10.0.0.0/26', '10.0.0.64/27', '10.0.0.96/29']);
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
