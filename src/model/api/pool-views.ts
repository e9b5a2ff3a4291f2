import { z } from 'zod';
import { errorViewSchema } from './request-views.ts';

/** A pool and how full it is. Counts are decimal strings: those of IPv6 exceed 2^53. */
export const poolSummarySchema = z
  .strictObject({
    alias: z.string(),
    id: z.string(),
    location: z.string(),
    family: z.enum(['IPv4', 'IPv6']),
    addressPrefixes: z.array(z.string()),
    totalIpAddresses: z.string().optional(),
    allocatedIpAddresses: z.string().optional(),
    availableIpAddresses: z.string().optional(),
    /** Why the counts are missing. */
    error: errorViewSchema.optional(),
  })
  .meta({ id: 'PoolSummary' });

export const poolPageSchema = z
  .strictObject({ pools: z.array(poolSummarySchema) })
  .meta({ id: 'Pools' });

/** One piece of a pool's address map; the blocks of a pool cover its prefixes without overlap, in order. */
export const poolBlockSchema = z
  .strictObject({
    prefix: z.string(),
    kind: z.enum(['allocated', 'reserved', 'free']),
    /** Who holds it; absent for what is free, and where the caller may not know. */
    holder: z
      .strictObject({
        resourceId: z.string(),
        name: z.string(),
        /** Alias of its tenant, where the landscape knows it. */
        tenant: z.string().optional(),
        /** The request that gave it, where the ledger knows it. */
        requestId: z.string().optional(),
      })
      .optional(),
  })
  .meta({ id: 'PoolBlock' });

export const poolUsageSampleSchema = z
  .strictObject({
    at: z.string(),
    allocatedIpAddresses: z.string(),
    totalIpAddresses: z.string(),
  })
  .meta({ id: 'PoolUsageSample' });

/** `GET /api/pools/{alias}`. */
export const poolDetailSchema = poolSummarySchema
  .extend({
    blocks: z.array(poolBlockSchema),
    /** Oldest first. */
    usage: z.array(poolUsageSampleSchema),
  })
  .meta({ id: 'PoolDetail' });

export type PoolSummary = z.output<typeof poolSummarySchema>;
export type PoolPage = z.output<typeof poolPageSchema>;
export type PoolBlock = z.output<typeof poolBlockSchema>;
export type PoolUsageSample = z.output<typeof poolUsageSampleSchema>;
export type PoolDetail = z.output<typeof poolDetailSchema>;
