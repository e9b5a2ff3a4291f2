import { z } from 'zod';
import { errorViewSchema } from './request-views.ts';

/** A managed tenant, as the landscape names it. */
export const tenantSchema = z
  .strictObject({
    alias: z.string(),
    tenantId: z.string(),
    subscriptions: z.array(
      z.strictObject({
        subscriptionId: z.string(),
        /** If given, only these. */
        resourceGroups: z.array(z.string()).optional(),
      }),
    ),
  })
  .meta({ id: 'Tenant' });

/** `GET /api/tenants`: what a request can be for. */
export const tenantPageSchema = z
  .strictObject({
    tenants: z.array(tenantSchema),
    /** Tags that every new VNet must carry (`policy.requiredTags`). */
    requiredTags: z.array(z.string()),
  })
  .meta({ id: 'Tenants' });

/** `GET /api/tenants/{alias}/check`: every prerequisite of a tenant, met or with its remedy. */
export const tenantCheckSchema = z
  .strictObject({
    alias: z.string(),
    checkedAt: z.string(),
    /** Nothing failed; what could not be looked at does not count. */
    ready: z.boolean(),
    findings: z.array(
      z.strictObject({
        check: z.string(),
        status: z.enum(['passed', 'failed', 'unknown']),
        subject: z.string(),
        error: errorViewSchema.optional(),
      }),
    ),
  })
  .meta({ id: 'TenantCheck' });

/** `GET /api/tenants/{alias}/virtual-networks?subscriptionId=`. */
export const virtualNetworkPageSchema = z
  .strictObject({
    virtualNetworks: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        subscriptionId: z.string(),
        resourceGroup: z.string(),
        location: z.string(),
        addressPrefixes: z.array(z.string()),
        /** Aliases of the pools that it is associated with; the id of one that the landscape does not know. */
        pools: z.array(z.string()),
        /** The request that created it, by its tag. */
        requestId: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'VirtualNetworks' });

export type Tenant = z.output<typeof tenantSchema>;
export type TenantPage = z.output<typeof tenantPageSchema>;
export type TenantCheck = z.output<typeof tenantCheckSchema>;
export type VirtualNetworkPage = z.output<typeof virtualNetworkPageSchema>;
