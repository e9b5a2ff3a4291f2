import { z } from 'zod';
import { limits } from './limits.ts';
import { echo } from './strict-json.ts';

/**
 * A request id is a ticket number: it keys deduplication, links and events. It begins with a letter,
 * because Azure Functions turns ids that look like numbers into numbers (reference service-bus, trap F3).
 */
export const requestIdSchema = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]{0,63}$/,
    `must begin with a letter and hold at most ${limits.requestIdCharacters} letters, digits, '-' or '_' (a ticket number such as RITM0012345)`,
  );

const guidSchema = z
  .string()
  .regex(
    /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
    'must be a GUID such as 3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  )
  .transform((guid) => guid.toLowerCase());

/** A count of addresses: a positive whole number, as number or as decimal string (IPv6 counts exceed 2^53). */
const addressCountSchema = z
  .union(
    [z.number().int().positive().max(Number.MAX_SAFE_INTEGER), z.string().regex(/^[1-9]\d{0,38}$/)],
    {
      error: 'must be a positive whole number; write counts above 9007199254740991 as a string',
    },
  )
  .transform((count) => String(count));

const sizeShape = {
  numberOfIpAddresses: addressCountSchema.optional(),
  prefixLength: z.number().int().min(1).max(128).optional(),
};

const hasOneSize = (size: { numberOfIpAddresses?: unknown; prefixLength?: unknown }): boolean =>
  (size.numberOfIpAddresses === undefined) !== (size.prefixLength === undefined);

/** For the published JSON Schema, which does not see refinements. */
const oneSize = [{ required: ['numberOfIpAddresses'] }, { required: ['prefixLength'] }];

const oneSizeMessage = 'needs exactly one of numberOfIpAddresses and prefixLength';

const nameSchema = z.string().trim().min(1).max(limits.nameCharacters);
const poolAliasSchema = z.string().min(1).max(80);

const allocationSchema = z
  .strictObject({ pool: poolAliasSchema, ...sizeShape })
  .refine(hasOneSize, oneSizeMessage)
  .meta({ oneOf: oneSize });

const subnetSchema = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9]([A-Za-z0-9._-]{0,78}[A-Za-z0-9_])?$/,
        'must be a subnet name of Azure: 1 to 80 letters, digits, ".", "_" or "-", beginning with a letter or digit',
      ),
    /** Which of the request's pools; the first one if absent. */
    pool: poolAliasSchema.optional(),
    ...sizeShape,
    /** For a subnet in both families: one entry a pool, instead of `pool` and size. */
    allocations: z.array(allocationSchema).min(1).max(2).optional(),
  })
  .refine(
    (subnet) => (subnet.allocations === undefined ? hasOneSize(subnet) : noSize(subnet)),
    `${oneSizeMessage}, or allocations instead of pool and size`,
  )
  .meta({ oneOf: [...oneSize, { required: ['allocations'] }] });

function noSize(subnet: {
  pool?: unknown;
  numberOfIpAddresses?: unknown;
  prefixLength?: unknown;
}): boolean {
  return (
    subnet.pool === undefined &&
    subnet.numberOfIpAddresses === undefined &&
    subnet.prefixLength === undefined
  );
}

const personSchema = z.strictObject({
  name: nameSchema,
  email: z.string().max(320).optional(),
  /** Entra object id and tenant id: who somebody is. The mail address never decides anything. */
  objectId: guidSchema.optional(),
  tenantId: guidSchema.optional(),
});

const ticketSchema = z.strictObject({
  system: z.string().min(1).max(80),
  id: z.string().min(1).max(200),
  /** Shown as a link to approvers, so nothing but the web: no `javascript:`. */
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .max(2_000)
    .meta({ pattern: '^[Hh][Tt][Tt][Pp][Ss]?:' })
    .optional(),
});

const targetSchema = z.strictObject({
  /** Alias or id of a managed tenant of the landscape. */
  tenant: z.string().min(1).max(80),
  subscriptionId: guidSchema,
  resourceGroup: z
    .string()
    .regex(
      /^[\p{L}\p{N}._()-]{0,89}[\p{L}\p{N}_()-]$/u,
      'must be a resource group name of Azure: up to 90 letters, digits, ".", "_", "-", "(" or ")", not ending with "."',
    ),
  virtualNetwork: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}[A-Za-z0-9_]$/,
      'must be a VNet name of Azure: 2 to 64 letters, digits, ".", "_" or "-", beginning with a letter or digit',
    ),
  location: z
    .string()
    .regex(/^[A-Za-z0-9 ]{2,40}$/, 'must be an Azure region such as centralus')
    .transform((location) => location.toLowerCase().replaceAll(' ', '')),
});

/** A VNet that exists: its region is known, so it need not be said; if it is, it must be right. */
const existingTargetSchema = targetSchema.extend({
  location: targetSchema.shape.location.optional(),
});

const tagsSchema = z
  .record(
    z
      .string()
      .min(1)
      .max(limits.tagNameCharacters)
      .regex(/^[^<>%&\\?/]+$/, 'must not hold < > % & \\ ? /'),
    z.string().max(limits.tagValueCharacters),
  )
  .refine(
    (tags) => Object.keys(tags).length <= limits.tags,
    `must hold at most ${limits.tags} tags`,
  )
  .meta({ maxProperties: limits.tags });

const requestShape = {
  id: requestIdSchema,
  requester: personSchema,
  reason: z.string().trim().min(1).max(limits.reasonCharacters),
  ticket: ticketSchema.optional(),
  /** Plan only; nothing is changed. */
  dryRun: z.boolean().default(false),
};

/** `allocate`: a new VNet with prefixes of one IPv4 pool, one IPv6 pool, or both. */
export const allocateRequestSchema = z
  .strictObject({
    ...requestShape,
    operation: z.literal('allocate'),
    target: targetSchema,
    allocations: z.array(allocationSchema).min(1).max(2),
    subnets: z.array(subnetSchema).max(limits.subnets).default([]),
    tags: tagsSchema.default({}),
  })
  .check((context) => {
    const { allocations, subnets } = context.value;
    const pools = new Set(allocations.map((allocation) => allocation.pool));
    if (pools.size < allocations.length) {
      context.issues.push({
        code: 'custom',
        input: allocations,
        path: ['allocations'],
        message: 'names the same pool twice; a VNet takes one allocation of a pool',
      });
    }
    const names = new Set<string>();
    for (const [index, subnet] of subnets.entries()) {
      if (names.has(subnet.name.toLowerCase())) {
        context.issues.push({
          code: 'custom',
          input: subnet.name,
          path: ['subnets', index, 'name'],
          message: 'is used by an earlier subnet; names of subnets are unique, whatever their case',
        });
      }
      names.add(subnet.name.toLowerCase());
      for (const pool of [subnet.pool, ...(subnet.allocations ?? []).map((entry) => entry.pool)]) {
        if (pool !== undefined && !pools.has(pool)) {
          context.issues.push({
            code: 'custom',
            input: pool,
            path: ['subnets', index, 'pool'],
            message: `names the pool '${echo(pool)}', which is not among the allocations of the request`,
          });
        }
      }
    }
  });

/** `associate`: an existing VNet joins one IPv4 pool, one IPv6 pool, or both, with the prefixes it has. */
export const associateRequestSchema = z.strictObject({
  ...requestShape,
  operation: z.literal('associate'),
  target: existingTargetSchema,
  pools: z
    .array(poolAliasSchema)
    .min(1)
    .max(2)
    .refine((pools) => new Set(pools).size === pools.length, 'names the same pool twice')
    .meta({ uniqueItems: true }),
});

/** `remove`: takes a VNet and its allocation away, or the association alone. */
export const removeRequestSchema = z
  .strictObject({
    ...requestShape,
    operation: z.literal('remove'),
    mode: z.enum(['delete', 'disassociate']),
    target: existingTargetSchema,
    /** Take our side of the VNet's peerings off before it is deleted. */
    detachPeerings: z.boolean().default(false),
    /** Ask an operator to set aside that the VNet was not created by a request, or has changed since. */
    override: z.boolean().default(false),
  })
  .refine(({ mode, detachPeerings }) => mode === 'delete' || !detachPeerings, {
    path: ['detachPeerings'],
    message: 'belongs to the mode delete; a disassociation leaves peerings as they are',
  })
  .refine(({ mode, override }) => mode === 'delete' || !override, {
    path: ['override'],
    message: 'belongs to the mode delete; a disassociation deletes nothing',
  })
  .meta({
    if: { properties: { mode: { const: 'disassociate' } } },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema.
    then: { properties: { detachPeerings: { const: false }, override: { const: false } } },
  });

/** Who decided: object id and tenant id are mandatory (rule 3 compares them with the requester's). */
const deciderSchema = z.strictObject({
  name: nameSchema,
  email: z.string().max(320).optional(),
  objectId: guidSchema,
  tenantId: guidSchema,
});

/** `decide`: a decision of a person, sent by a ticketing system. */
export const decideMessageSchema = z
  .strictObject({
    /** Of the decision itself; the same decision sent twice has the same id. */
    id: requestIdSchema.optional(),
    operation: z.literal('decide'),
    request: requestIdSchema,
    decision: z.enum(['approve', 'reject', 'cancel', 'break-glass']),
    by: deciderSchema,
    reason: z.string().trim().min(1).max(limits.reasonCharacters).optional(),
    planHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be the planHash of the approval request (64 hex digits)')
      .optional(),
  })
  .refine(
    ({ decision, reason }) =>
      (decision !== 'reject' && decision !== 'break-glass') || reason !== undefined,
    { path: ['reason'], message: 'is needed to reject, and for break-glass' },
  )
  .meta({
    if: { properties: { decision: { enum: ['reject', 'break-glass'] } } },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema.
    then: { required: ['reason'] },
  });

/** `resume`: an operator has removed the cause of a failed compensation, which is to go on. */
export const resumeMessageSchema = z.strictObject({
  /** Of the resumption itself; the same one sent twice has the same id. */
  id: requestIdSchema,
  operation: z.literal('resume'),
  request: requestIdSchema,
  by: deciderSchema,
  /** What was done about the cause. */
  reason: z.string().trim().min(1).max(limits.reasonCharacters),
});

/** What no message can say, and the API adds. */
interface ProvenByApi {
  readonly requester: {
    /** Groups of the landscape that the requester is in by what Entra ID says. */
    readonly memberOf?: readonly string[] | undefined;
  };
}

export type AllocateRequest = z.output<typeof allocateRequestSchema> & ProvenByApi;
export type AssociateRequest = z.output<typeof associateRequestSchema> & ProvenByApi;
export type RemoveRequest = z.output<typeof removeRequestSchema> & ProvenByApi;
export type DecideMessage = z.output<typeof decideMessageSchema>;
export type ResumeMessage = z.output<typeof resumeMessageSchema>;
/** What somebody asked for. */
export type VendingRequest = AllocateRequest | AssociateRequest | RemoveRequest;
export type Message = VendingRequest | DecideMessage | ResumeMessage;
