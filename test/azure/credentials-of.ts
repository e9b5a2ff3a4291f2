import { clouds } from '../../src/azure/clouds.ts';
import { type CredentialOptions, TenantCredentials } from '../../src/azure/credentials.ts';
import type { EmulatedAzure } from '../../src/local/azure/server.ts';
import { type Landscape, landscapeSchema } from '../../src/model/landscape.ts';
import { control, ids, scopes, tokenOf } from '../local/azure/support/test-azure.ts';

type Credential = Landscape['application']['credential'];

/** A landscape of the two tenants of the test Azure. */
export const landscapeWith = (
  application: Credential | undefined,
  own: { readonly management?: Credential; readonly managed?: Credential } = {},
): Landscape =>
  landscapeSchema.parse({
    managementTenant: {
      tenantId: ids.tenantA,
      subscriptionId: ids.subscriptionA,
      resourceGroup: 'rg-ipam',
      networkManager: 'nm',
      ...(own.management ? { credential: own.management } : {}),
    },
    application: {
      clientId: ids.application.clientId,
      homeTenantId: ids.tenantA,
      ...(application ? { credential: application } : {}),
    },
    pools: [{ alias: 'pool', id: scopes.pool, location: 'eastus', family: 'IPv4' }],
    managedTenants: [
      {
        alias: 'b',
        tenantId: ids.tenantB,
        subscriptions: [{ subscriptionId: ids.subscriptionB }],
        ...(own.managed ? { credential: own.managed } : {}),
      },
    ],
    policy: { rules: [] },
  });

export const credentialsOf = (
  at: EmulatedAzure,
  landscape: Landscape,
  options: Partial<CredentialOptions> = {},
): TenantCredentials =>
  new TenantCredentials({
    landscape,
    settings: {},
    cloud: clouds.public,
    authority: at.authority,
    disableInstanceDiscovery: true,
    requestTimeoutSeconds: 10,
    ...options,
  });

/** Changes the application as the administrator of its home tenant. */
export async function changeApplication(
  at: EmulatedAzure,
  method: string,
  body: unknown,
  below = '',
): Promise<void> {
  const token = await tokenOf(at, ids.tenantA, ids.administratorA, `${at.graph}/.default`);
  const response = await fetch(
    `${at.graph}/v1.0/applications(appId='${ids.application.clientId}')${below}`,
    {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
  );
  if (!response.ok) throw new Error(await response.text());
}

/** Reads the directory of the application's home tenant. */
export async function readGraph(
  at: EmulatedAzure,
  path: string,
): Promise<{ readonly value: readonly { readonly id: string }[] }> {
  const token = await tokenOf(at, ids.tenantA, ids.administratorA, `${at.graph}/.default`);
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${at.graph}/v1.0/${path}`, { headers });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as { value: { id: string }[] };
}

/** Registers these certificates with the application, and no other. */
export const registerCertificates = (at: EmulatedAzure, ...base64: readonly string[]) =>
  changeApplication(at, 'PATCH', {
    keyCredentials: base64.map((key) => ({ type: 'AsymmetricX509Cert', key })),
  });

/** Tenants for which Entra ID was asked for a token since the log was last cleared, or the one of them. */
export async function tokenRequests(
  at: EmulatedAzure,
  ofTenant?: string,
): Promise<readonly string[]> {
  const { body } = await control(at, 'GET', '/requests');
  const entries = (Array.isArray(body) ? body : body.requests) as {
    method: string;
    path: string;
    tenant: string;
  }[];
  return entries
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/oauth2/v2.0/token'))
    .map(({ tenant }) => tenant)
    .filter((tenant) => ofTenant === undefined || tenant === ofTenant);
}
