import { z } from 'zod';
import { callbacksSchema } from './callbacks.ts';
import { type ApplicationCredential, credentialSchema } from './landscape-credential.ts';
import { aliasSchema, guidSchema, landscapePersonSchema } from './landscape-parts.ts';
import { faultsOfPolicy, policySchema } from './landscape-policy.ts';

const armIdOfPool =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/networkManagers\/[^/]+\/ipamPools\/[^/]+$/i;

const poolSchema = z.strictObject({
  alias: aliasSchema,
  /** ARM id of the IPAM pool in the management tenant. */
  id: z.string().regex(armIdOfPool, 'must be the ARM id of an IPAM pool'),
  /** Canonical region; pool and VNet must be in the same one. */
  location: z.string().regex(/^[a-z0-9]+$/, 'must be a canonical region such as centralus'),
  family: z.enum(['IPv4', 'IPv6']),
});

const managedTenantSchema = z.strictObject({
  alias: aliasSchema,
  tenantId: guidSchema,
  /** Only these subscriptions are ever touched. */
  subscriptions: z
    .array(
      z.strictObject({
        subscriptionId: guidSchema,
        /** If given, only these resource groups. */
        resourceGroups: z.array(z.string().min(1)).optional(),
      }),
    )
    .min(1),
  /** Instead of the application's, for tokens of this tenant. */
  credential: credentialSchema.optional(),
});

/** Bounds of the workflow, in seconds. */
const boundsSchema = z.strictObject({
  /** How long a deployment, or another change of a VNet but a deletion, may run before it counts as stuck. */
  deploySeconds: z
    .number()
    .positive()
    .default(30 * 60),
  /** How long VNet and pool may take to agree on the prefix. */
  awaitPrefixSeconds: z
    .number()
    .positive()
    .default(10 * 60),
  /** How long a pool may take to take its space back. */
  releaseSeconds: z
    .number()
    .positive()
    .default(30 * 60),
  /** How long a call that fails in a retryable way is tried again. */
  retrySeconds: z
    .number()
    .positive()
    .default(10 * 60),
  /** Between two looks while waiting, where Azure does not say. */
  pollSeconds: z.number().positive().default(5),
});

/** The configuration: tenants, pools, policy. Checked at start; a wrong value stops the app. */
export const landscapeSchema = z
  .strictObject({
    managementTenant: z.strictObject({
      tenantId: guidSchema,
      subscriptionId: guidSchema,
      resourceGroup: z.string().min(1),
      networkManager: z.string().min(1),
      /** Instead of the application's, for tokens of this tenant. */
      credential: credentialSchema.optional(),
    }),
    /** The multi-tenant application that acts in all tenants. */
    application: z.strictObject({
      clientId: guidSchema,
      homeTenantId: guidSchema,
      /** For tokens of every tenant that has none of its own. */
      credential: credentialSchema.default({ type: 'federatedIdentity' }),
    }),
    pools: z.array(poolSchema).min(1),
    managedTenants: z.array(managedTenantSchema).min(1),
    policy: policySchema,
    /** Who may approve what others may not, and resume a failed compensation. */
    operators: z.array(landscapePersonSchema).default([]),
    /** Who may approve all stages of a request at once, for a reason that is kept (`break-glass`). */
    superusers: z.array(landscapePersonSchema).default([]),
    callbacks: callbacksSchema,
    bounds: boundsSchema.prefault({}),
    /** Whether a cross-tenant connection that is not Connected stops a request; whether Azure enforces it is unconfirmed. */
    requireConnection: z.boolean().default(true),
  })
  .check((context) => {
    const { pools, managedTenants, policy } = context.value;
    const unique: readonly [string, string, readonly string[]][] = [
      ['pools', 'alias', pools.map((pool) => pool.alias)],
      ['pools', 'id', pools.map((pool) => pool.id.toLowerCase())],
      ['managedTenants', 'alias', managedTenants.map((tenant) => tenant.alias)],
      ['managedTenants', 'tenantId', managedTenants.map((tenant) => tenant.tenantId)],
    ];
    for (const [list, member, values] of unique) {
      for (const [index, value] of values.entries()) {
        if (values.indexOf(value) !== index) {
          context.issues.push({
            code: 'custom',
            input: value,
            path: [list, index, member],
            message: `'${value}' is used twice`,
          });
        }
      }
    }
    const known = {
      tenants: managedTenants.map(({ alias }) => alias),
      pools: pools.map(({ alias }) => alias),
    };
    for (const { path, message } of faultsOfPolicy(policy, known)) {
      context.issues.push({ code: 'custom', input: policy, path: ['policy', ...path], message });
    }
  });

/** How the application proves who it is where it asks for tokens of a tenant. */
export function credentialIn(
  { application, managementTenant, managedTenants }: Landscape,
  tenantId: string,
): ApplicationCredential {
  const own =
    managementTenant.tenantId === tenantId
      ? managementTenant.credential
      : managedTenants.find((tenant) => tenant.tenantId === tenantId)?.credential;
  return own ?? application.credential;
}

export type Landscape = z.output<typeof landscapeSchema>;
export type LandscapePool = Landscape['pools'][number];
export type ManagedTenant = Landscape['managedTenants'][number];
