import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmulatedAzure, startEmulatedAzure } from '../../src/local/azure/server.ts';
import type { Switches } from '../../src/local/azure/switches.ts';
import { SystemClock } from '../../src/local/clock.ts';
import { type Finished, type RunOptions, run } from '../cli/support/run-cli.ts';
import { type Answer, arm, control, ids, tokenOf } from '../local/azure/support/test-azure.ts';
import { trust } from '../support/trust.ts';

export { ids } from '../local/azure/support/test-azure.ts';

export const tenantC = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc';
export const subscriptionC = '33333333-3333-4333-8333-333333333333';
export const administratorC = {
  clientId: 'cccccccc-0000-4000-8000-000000000001',
  objectId: 'cccccccc-0000-4000-8000-000000000002',
  clientSecret: 'secret of admin C',
};

const tenant = (
  tenantId: string,
  subscriptionId: string,
  administrator: typeof administratorC,
  groups: readonly string[],
) => ({
  tenantId,
  displayName: `Tenant ${tenantId.charAt(0)}`,
  subscriptions: [
    {
      subscriptionId,
      displayName: 'Subscription',
      resourceGroups: groups.map((name) => ({ name, location: 'eastus' })),
    },
  ],
  administrator,
});

export const poolId = `/subscriptions/${ids.subscriptionA}/resourceGroups/rg-ipam/providers/Microsoft.Network/networkManagers/nm/ipamPools/corp`;
export const noClientId = '00000000-0000-0000-0000-000000000000';

/** A landscape that nothing of exists yet, its application included. */
export const landscapeOf = (change: object = {}): Record<string, unknown> => ({
  managementTenant: {
    tenantId: ids.tenantA,
    subscriptionId: ids.subscriptionA,
    resourceGroup: 'rg-ipam',
    networkManager: 'nm',
  },
  application: {
    clientId: noClientId,
    homeTenantId: ids.tenantA,
    credential: { type: 'clientSecret', setting: 'SECRET' },
  },
  pools: [{ alias: 'corp', id: poolId, location: 'eastus', family: 'IPv4' }],
  managedTenants: [
    {
      alias: 'fabrikam',
      tenantId: ids.tenantB,
      subscriptions: [{ subscriptionId: ids.subscriptionB }],
    },
  ],
  policy: { rules: [] },
  ...change,
});

export interface SetupRun extends Finished {
  /** Of --json. */
  // biome-ignore lint/suspicious/noExplicitAny: looked at in assertions only
  readonly result: any;
}

/** An emulated Azure of three tenants in which subscriptions exist and nothing else, and `vnetv setup` for it. */
export class FreshAzure {
  readonly azure: EmulatedAzure;
  readonly folder: string;
  readonly landscapeFile: string;
  readonly accountsFile: string;

  private constructor(azure: EmulatedAzure, folder: string) {
    this.azure = azure;
    this.folder = folder;
    this.landscapeFile = join(folder, 'landscape.json');
    this.accountsFile = join(folder, 'accounts.json');
    this.writeLandscape();
    const administrators = [
      { tenantId: ids.tenantA, ...ids.administratorA },
      { tenantId: ids.tenantB, ...ids.administratorB },
      { tenantId: tenantC, ...administratorC },
    ];
    const { resourceManager, authority, graph } = azure;
    const ready = { administrators, azure: { resourceManager, authority, graph } };
    writeFileSync(this.accountsFile, JSON.stringify(ready));
  }

  static async start(switches: Partial<Switches> = {}): Promise<FreshAzure> {
    const azure = await startEmulatedAzure({
      clock: new SystemClock(),
      databaseFile: ':memory:',
      speed: 1000,
      certificateDirectory,
      port: 0,
      seed: {
        tenants: [
          tenant(ids.tenantA, ids.subscriptionA, ids.administratorA, []),
          tenant(ids.tenantB, ids.subscriptionB, ids.administratorB, ['rg-app']),
          tenant(tenantC, subscriptionC, administratorC, ['rg-one', 'rg-two']),
        ],
        applications: [],
        roleAssignments: [],
        networkManagers: [],
        pools: [],
        scopeConnections: [],
        networkManagerConnections: [],
      },
      switches,
      log: (message) => console.error(message),
    });
    trust(azure.caFile);
    return new FreshAzure(azure, mkdtempSync(join(tmpdir(), 'vnetv-setup-')));
  }

  async close(): Promise<void> {
    await this.azure.close();
    rmSync(this.folder, { recursive: true });
  }

  writeLandscape(change: object = {}): void {
    writeFileSync(this.landscapeFile, JSON.stringify(landscapeOf(change), undefined, 2));
  }

  get landscape(): { readonly application: { clientId: string; homeTenantId: string } } {
    return JSON.parse(readFileSync(this.landscapeFile, 'utf8'));
  }

  get clientId(): string {
    return this.landscape.application.clientId;
  }

  /** `vnetv setup` with the prefixes of the pool, unless other options are given. */
  async setup(argv: readonly string[] = [], options: RunOptions = {}): Promise<SetupRun> {
    const all = [
      ...['setup', '--landscape', this.landscapeFile, '--accounts', this.accountsFile, '--json'],
      ...(argv.includes('--pool') || argv.includes('--undo') ? [] : ['--pool', 'corp=10.0.0.0/16']),
      ...(argv.includes('--undo') && !argv.includes('--dry-run') ? ['--yes'] : []),
      ...(argv.includes('--undo') ? ['--delete-resource-group'] : []),
      ...argv,
    ];
    const finished = await run(all, options);
    const text = finished.stdout || finished.stderr;
    return { ...finished, result: text.startsWith('{') ? JSON.parse(text) : undefined };
  }

  /** A secret of the application, as somebody makes it who tries things out. */
  async newSecret(): Promise<string> {
    const { homeTenantId } = this.landscape.application;
    const { body } = await this.graph(
      homeTenantId,
      'POST',
      `/applications(appId='${this.clientId}')/addPassword`,
      { passwordCredential: { displayName: 'test' } },
    );
    return body.secretText;
  }

  /** As the administrator of a tenant. */
  async graph(tenantId: string, method: string, path: string, body?: object) {
    const token = await tokenOf(
      this.azure,
      tenantId,
      administratorOf(tenantId),
      `${this.azure.graph}/.default`,
    );
    const response = await fetch(`${this.azure.graph}/v1.0${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** As the administrator of a tenant. */
  async arm(tenantId: string, method: string, path: string, body?: object): Promise<Answer> {
    const token = await tokenOf(this.azure, tenantId, administratorOf(tenantId));
    return await arm(this.azure, method, path, { token, ...(body ? { body } : {}) });
  }

  /** What there is, without what differs by chance. */
  async state(): Promise<Record<string, unknown>> {
    const { body } = await control(this.azure, 'GET', '/state');
    return body;
  }

  change(change: object): Promise<unknown> {
    return control(this.azure, 'POST', '/state', change);
  }

  fault(match: object, effect: object): Promise<unknown> {
    return control(this.azure, 'POST', '/faults', { match, effect });
  }

  clearFaults(): Promise<unknown> {
    return control(this.azure, 'DELETE', '/faults');
  }

  /** Methods and paths of what has changed something since the last call. */
  async writes(): Promise<readonly string[]> {
    const { body } = await control(this.azure, 'GET', '/requests');
    await control(this.azure, 'DELETE', '/requests');
    return (body as { service: string; method: string; path: string }[])
      .filter(({ service, method }) => service !== 'entra' && method !== 'GET')
      .filter(({ path }) => !/\/(getPoolUsage|listAssociatedResources)$/.test(path))
      .map(({ method, path }) => `${method} ${path}`);
  }
}

const administratorOf = (tenantId: string) =>
  tenantId === tenantC
    ? administratorC
    : tenantId === ids.tenantB
      ? ids.administratorB
      : ids.administratorA;

/** One CA for all servers of a test file. */
const certificateDirectory = mkdtempSync(join(tmpdir(), 'vnetv-setup-ca-'));
