import { z } from 'zod';
import type { Switches } from './switches.ts';

const refusal = z.strictObject({
  status: z.number().int().min(400).max(599),
  code: z.string().min(1),
});

const count = z.string().regex(/^[1-9]\d*$/, 'must be a whole number as text');

/** What each switch may be; a new switch gets a line here, or it does not compile. */
const switchSchemas = {
  enforceConnection: z.boolean(),
  deleteWithoutAuxiliaryFreesAllocation: z.boolean(),
  poolUserMayReadPool: z.boolean(),
  permissionsNeedAuthorizationRead: z.boolean(),
  synchronousCrossTenantAllocation: z.boolean(),
  mostAuxiliaryTokens: z.number().int().min(0),
  duplicateTenantTokenCode: z.string().min(1),
  allocationRounding: z.enum(['split', 'round-up']),
  allocationFit: z.enum(['first-fit', 'best-fit']),
  allocationGranularity: z.strictObject({ IPv4: count, IPv6: count }),
  earliestAllocationApiVersion: z.iso.date(),
  associationLagMs: z.number().min(0),
  subnetsAsAssociations: z.boolean(),
  childPoolsCountAsAllocated: z.boolean(),
  busyAnswer: z.literal([409, 429]),
  honourEtagsOnVirtualNetworks: z.boolean(),
  singleTenantApplicationAbroad: z.literal([700016, 50194]),
  poolCreateHeader: z.enum(['azure-async-operation', 'location', 'operation-results']),
  poolExhausted: refusal,
  shrinkRefused: refusal,
  regionRefused: refusal,
  poolInUse: refusal,
  unknownPool: refusal,
  associationRefused: refusal,
  connectionAfterRemoval: z.enum(['Revoked', 'Pending']),
  peeringsBlockDeletion: z.boolean(),
  virtualNetworkPeered: refusal,
  refusePeeringWithDisconnectedRemote: z.boolean(),
  checkReferencesOfVirtualNetworks: z.boolean(),
  rolePropagationMs: z.number().min(0),
} satisfies { [Name in keyof Switches]: z.ZodType<Switches[Name]> };

/** Some of the switches, as posted to `/_control/state`; null puts the default back. */
export const switchChangesSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(switchSchemas).map(([name, schema]) => [
      name,
      (schema as z.ZodType).nullable().optional(),
    ]),
  ),
);
