import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AzureSeed } from '../../../../src/local/azure/seed.ts';
import { type EmulatedAzure, startEmulatedAzure } from '../../../../src/local/azure/server.ts';
import type { Switches } from '../../../../src/local/azure/switches.ts';
import { type Clock, SystemClock } from '../../../../src/local/clock.ts';
import { trust } from '../../../support/trust.ts';

const guid = (digit: string) =>
  `${digit.repeat(8)}-${digit.repeat(4)}-4${digit.repeat(3)}-8${digit.repeat(3)}-${digit.repeat(12)}`;

/** Tenant A with its administrator, tenant B with its own, and an application that is at home in A. */
export const ids = {
  tenantA: guid('a'),
  tenantB: guid('b'),
  subscriptionA: guid('1'),
  subscriptionB: guid('2'),
  administratorA: { clientId: guid('3'), objectId: guid('4'), clientSecret: 'secret of admin A' },
  administratorB: { clientId: guid('5'), objectId: guid('6'), clientSecret: 'secret of admin B' },
  application: { clientId: guid('7'), clientSecret: 'secret of the application' },
  /** Of the application, in tenant A and B. */
  objectIdInA: guid('8'),
  objectIdInB: guid('9'),
  singleTenant: { clientId: guid('c'), clientSecret: 'secret of the single-tenant one' },
  notOnboarded: { clientId: guid('d'), clientSecret: 'secret of the one at home only' },
};

const subscriptionA = `/subscriptions/${ids.subscriptionA}`;
const subscriptionB = `/subscriptions/${ids.subscriptionB}`;
const network = `${subscriptionA}/resourceGroups/rg-ipam/providers/Microsoft.Network`;

export const scopes = {
  subscriptionA,
  subscriptionB,
  groupA: `${subscriptionA}/resourceGroups/rg-ipam`,
  groupB: `${subscriptionB}/resourceGroups/rg-app`,
  networkManager: `${network}/networkManagers/nm`,
  pool: `${network}/networkManagers/nm/ipamPools/pool`,
};

export const seed: AzureSeed = {
  tenants: [
    {
      tenantId: ids.tenantA,
      displayName: 'Tenant A',
      subscriptions: [
        {
          subscriptionId: ids.subscriptionA,
          displayName: 'Subscription A',
          resourceGroups: [{ name: 'rg-ipam', location: 'eastus' }],
        },
      ],
      administrator: ids.administratorA,
    },
    {
      tenantId: ids.tenantB,
      displayName: 'Tenant B',
      subscriptions: [
        {
          subscriptionId: ids.subscriptionB,
          displayName: 'Subscription B',
          resourceGroups: [{ name: 'rg-app', location: 'eastus' }],
        },
      ],
      administrator: ids.administratorB,
    },
  ],
  applications: [
    {
      ...ids.application,
      displayName: 'Application',
      homeTenantId: ids.tenantA,
      signInAudience: 'AzureADMultipleOrgs',
      servicePrincipals: [
        { tenantId: ids.tenantA, objectId: ids.objectIdInA },
        { tenantId: ids.tenantB, objectId: ids.objectIdInB },
      ],
    },
    {
      ...ids.singleTenant,
      displayName: 'Single-tenant application',
      homeTenantId: ids.tenantA,
      signInAudience: 'AzureADMyOrg',
      servicePrincipals: [{ tenantId: ids.tenantA, objectId: guid('e') }],
    },
    {
      ...ids.notOnboarded,
      displayName: 'Application at home only',
      homeTenantId: ids.tenantA,
      signInAudience: 'AzureADMultipleOrgs',
      servicePrincipals: [{ tenantId: ids.tenantA, objectId: guid('f') }],
    },
  ],
  roleAssignments: [
    { scope: scopes.pool, role: 'IPAM Pool User', principalId: ids.objectIdInA },
    { scope: scopes.groupB, role: 'Network Contributor', principalId: ids.objectIdInB },
  ],
  networkManagers: [
    { id: scopes.networkManager, location: 'eastus', subscriptions: [subscriptionA] },
  ],
  pools: [{ id: scopes.pool, location: 'eastus', addressPrefixes: ['10.0.0.0/16'] }],
  scopeConnections: [],
  networkManagerConnections: [],
};

/** One CA for all servers of a test file. */
const certificateDirectory = mkdtempSync(join(tmpdir(), 'azure-'));

/** Starts an emulated Azure with the seed above; the process trusts it. */
export async function startTestAzure(
  options: {
    readonly clock?: Clock;
    readonly databaseFile?: string;
    readonly speed?: number;
    readonly switches?: Partial<Switches>;
  } = {},
): Promise<EmulatedAzure> {
  const azure = await startEmulatedAzure({
    clock: new SystemClock(),
    databaseFile: ':memory:',
    speed: 1000,
    certificateDirectory,
    port: 0,
    seed,
    log: (message) => console.error(message),
    ...options,
  });
  trust(azure.caFile);
  return azure;
}

/** A token straight from the token endpoint. */
export async function tokenOf(
  azure: EmulatedAzure,
  tenantId: string,
  application: { readonly clientId: string; readonly clientSecret: string },
  scope = 'https://management.azure.com/.default',
): Promise<string> {
  const response = await fetch(`${azure.authority}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: application.clientId,
      client_secret: application.clientSecret,
      scope,
    }),
  });
  const body = (await response.json()) as { access_token?: string };
  if (!body.access_token) throw new Error(JSON.stringify(body));
  return body.access_token;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: wire JSON, looked at in assertions only
  readonly body: any;
}

/** One raw request to Resource Manager; `path` without `api-version` gets a usual one. */
export async function arm(
  azure: EmulatedAzure,
  method: string,
  path: string,
  options: {
    readonly token?: string;
    readonly auxiliary?: readonly string[];
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Answer> {
  const { token, auxiliary, body } = options;
  const absolute = path.startsWith('https:') ? path : `${azure.resourceManager}${path}`;
  const url = absolute.includes('api-version=')
    ? absolute
    : `${absolute}${absolute.includes('?') ? '&' : '?'}api-version=2025-05-01`;
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(auxiliary === undefined
        ? {}
        : {
            'x-ms-authorization-auxiliary': auxiliary.map((each) => `Bearer ${each}`).join(', '),
          }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

/** One request to `/_control`. */
export async function control(
  azure: EmulatedAzure,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(`${azure.control}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}
