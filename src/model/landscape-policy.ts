import { z } from 'zod';
import { aliasSchema, guidSchema, landscapePersonSchema } from './landscape-parts.ts';

/** A group that every landscape has: its `operators`. */
export const operatorsGroup = 'operators';

const longestWaitHours = 24 * 90;
const hoursSchema = z.number().positive().max(longestWaitHours);

const ownName = aliasSchema.refine(
  (name) => name !== operatorsGroup,
  `must not be '${operatorsGroup}', which stands for the operators of the landscape`,
);

/** People who may be asked to approve, or whom a rule is about. */
const groupSchema = z.strictObject({
  name: ownName,
  members: z.array(landscapePersonSchema).default([]),
  /** Groups of Entra ID. Only who comes through the API brings proof of them; a message of the queue does not. */
  entraGroups: z.array(z.strictObject({ objectId: guidSchema, tenantId: guidSchema })).default([]),
});

/** One stage of an approval; the next one begins when it is complete. */
const stageSchema = z
  .strictObject({
    name: ownName,
    /** Names of groups; empty: whoever may approve. */
    approvers: z.array(aliasSchema).default([]),
    /** By so many different people. */
    minApprovals: z.number().int().min(1).max(10).default(1),
    /** `approvalTimeLimitHours` unless given. */
    timeLimitHours: hoursSchema.optional(),
    remindAfterHours: hoursSchema.optional(),
    escalateAfterHours: hoursSchema.optional(),
    /** Groups that may approve as well from then on. */
    escalateTo: z.array(aliasSchema).default([]),
  })
  .refine(
    ({ escalateAfterHours, escalateTo }) =>
      (escalateAfterHours === undefined) === (escalateTo.length === 0),
    { path: ['escalateTo'], message: 'belongs together with escalateAfterHours' },
  );

const stagesSchema = z
  .array(stageSchema)
  .min(1)
  .max(10)
  .refine(
    (stages) => new Set(stages.map(({ name }) => name)).size === stages.length,
    'has two stages of the same name',
  );

/**
 * One rule; the first rule that matches decides. An absent condition always matches. `auto-approve`
 * needs every allocation of the request to meet the conditions on pool and size; `require-approval`
 * and `deny` need one.
 */
const ruleSchema = z
  .strictObject({
    name: z.string().min(1).max(80),
    tenants: z.array(aliasSchema).optional(),
    /** Names of groups, of which the requester must be in one. */
    requesters: z.array(aliasSchema).min(1).optional(),
    /** Canonical regions, of which the VNet must be in one. */
    regions: z
      .array(z.string().regex(/^[a-z0-9]+$/, 'must be a canonical region such as centralus'))
      .min(1)
      .optional(),
    pools: z.array(aliasSchema).optional(),
    /**
     * Met when every allocation that the rule is about has at least this prefix length, i.e. is this small
     * or smaller (by the smallest block that holds it). A family that is not named does not meet it.
     */
    minPrefixLength: z
      .strictObject({
        IPv4: z.number().int().min(1).max(32).optional(),
        IPv6: z.number().int().min(1).max(128).optional(),
      })
      .optional(),
    /** An `auto-approve` rule that names none is about `allocate` only; another one about all. */
    operations: z
      .array(z.enum(['allocate', 'associate', 'remove']))
      .min(1)
      .optional(),
    effect: z.enum(['auto-approve', 'require-approval', 'deny']),
    /** For `require-approval`: instead of those of the policy. */
    stages: stagesSchema.optional(),
    /** Shown to requester and approver. */
    reason: z.string().min(1).max(500),
  })
  .refine(({ effect, stages }) => effect === 'require-approval' || stages === undefined, {
    path: ['stages'],
    message: 'belongs to the effect require-approval',
  });

/** A positive count of addresses, in decimal; IPv6 counts exceed 2^53. */
const countSchema = z
  .union([
    z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
    z.string().regex(/^[1-9]\d{0,38}$/),
  ])
  .transform((count) => String(count));

/** How much one requester, or one managed tenant, may hold. */
const quotaSchema = z
  .strictObject({
    name: aliasSchema,
    per: z.enum(['requester', 'tenant']),
    /** About these managed tenants, counted each on its own; absent: a requester is counted over all of them. */
    tenants: z.array(aliasSchema).min(1).optional(),
    maxVirtualNetworks: z.number().int().min(0).max(1_000_000).optional(),
    /** As many as were asked for, or as an associated VNet has. */
    maxIpAddresses: z
      .strictObject({ IPv4: countSchema.optional(), IPv6: countSchema.optional() })
      .optional(),
  })
  .refine(
    ({ maxVirtualNetworks, maxIpAddresses }) =>
      maxVirtualNetworks !== undefined ||
      maxIpAddresses?.IPv4 !== undefined ||
      maxIpAddresses?.IPv6 !== undefined,
    'limits nothing; give maxVirtualNetworks or maxIpAddresses',
  );

const uniquelyNamed = (what: string) =>
  [
    (entries: readonly { readonly name: string }[]) =>
      new Set(entries.map(({ name }) => name)).size === entries.length,
    `has two ${what} of the same name`,
  ] as const;

export const policySchema = z.strictObject({
  groups: z
    .array(groupSchema)
    .refine(...uniquelyNamed('groups'))
    .default([]),
  rules: z.array(ruleSchema),
  /** Tags that every request must carry. */
  requiredTags: z.array(z.string().min(1)).default([]),
  /** How long a stage waits for its approvals, in hours, unless it says so itself. */
  approvalTimeLimitHours: hoursSchema.default(72),
  /** The stages of an approval where the rule names none. */
  stages: stagesSchema.prefault([{ name: 'approval' }]),
  quotas: z
    .array(quotaSchema)
    .refine(...uniquelyNamed('quotas'))
    .default([]),
  /** An allocation of this prefix length or a shorter one is flagged to approvers as large. */
  largeFromPrefixLength: z
    .strictObject({
      IPv4: z.number().int().min(1).max(32).default(20),
      IPv6: z.number().int().min(1).max(128).default(48),
    })
    .prefault({}),
});

export type Policy = z.output<typeof policySchema>;
export type PolicyRule = Policy['rules'][number];
export type PolicyStage = Policy['stages'][number];
export type Quota = Policy['quotas'][number];

interface Fault {
  readonly path: (string | number)[];
  readonly message: string;
}

/** What a policy names that the landscape does not know, and rules that would not do what they say. */
export function faultsOfPolicy(
  policy: Policy,
  known: { readonly tenants: readonly string[]; readonly pools: readonly string[] },
): readonly Fault[] {
  const groups = [...policy.groups.map(({ name }) => name), operatorsGroup];
  const check = (
    names: readonly string[] | undefined,
    of: readonly string[],
    what: string,
    path: (string | number)[],
  ): Fault[] =>
    (names ?? []).flatMap((name, index) =>
      of.includes(name)
        ? []
        : [{ path: [...path, index], message: `names the ${what} '${name}', which there is none` }],
    );
  const checkStages = (stages: readonly PolicyStage[] | undefined, path: (string | number)[]) =>
    (stages ?? []).flatMap((stage, index) => [
      ...check(stage.approvers, groups, 'group', [...path, index, 'approvers']),
      ...check(stage.escalateTo, groups, 'group', [...path, index, 'escalateTo']),
      ...hopelessIn(stage, policy).map((message) => ({ path: [...path, index], message })),
    ]);
  return [
    ...policy.rules.flatMap((rule, index) => [
      ...unprovableIn(rule, policy, index),
      ...check(rule.tenants, known.tenants, 'managed tenant', ['rules', index, 'tenants']),
      ...check(rule.pools, known.pools, 'pool', ['rules', index, 'pools']),
      ...check(rule.requesters, groups, 'group', ['rules', index, 'requesters']),
      ...checkStages(rule.stages, ['rules', index, 'stages']),
    ]),
    ...checkStages(policy.stages, ['stages']),
    ...policy.quotas.flatMap(({ tenants }, index) =>
      check(tenants, known.tenants, 'managed tenant', ['quotas', index, 'tenants']),
    ),
  ];
}

/**
 * Who comes through the queue, or is in more groups than a token names, brings no proof of a group of Entra ID: a
 * rule that holds or denies the members of one does not match them, and must not leave them to a laxer one.
 */
function unprovableIn(rule: PolicyRule, policy: Policy, index: number): readonly Fault[] {
  const isLaxerLater = policy.rules
    .slice(index + 1)
    .some(({ effect }) => effect === 'auto-approve');
  if (rule.effect === 'auto-approve') return [];
  if (rule.effect === 'require-approval' && !isLaxerLater) return [];
  const names = new Set(rule.requesters);
  return policy.groups
    .filter(({ name, entraGroups }) => names.has(name) && entraGroups.length > 0)
    .map(({ name }) => ({
      path: ['rules', index, 'requesters'],
      message:
        `holds back the group '${name}', but nobody has to prove being in a group of Entra ID, and who does not is let past this rule; ` +
        'list its members, or allow other groups by rules of their own and end with a deny without conditions',
    }));
}

/** What could never happen: because the stage is over before, or because there are too few people. */
function hopelessIn(stage: PolicyStage, policy: Policy): readonly string[] {
  const limit = stage.timeLimitHours ?? policy.approvalTimeLimitHours;
  const late = (['remindAfterHours', 'escalateAfterHours'] as const)
    .filter((member) => (stage[member] ?? 0) >= limit)
    .map((member) => `has ${member} beyond its time limit of ${limit} hours`);
  const names = new Set([...stage.approvers, ...stage.escalateTo]);
  const asked = policy.groups.filter(({ name }) => names.has(name));
  // How many people an Entra group has, and how many are operators by their role (no group of the policy),
  // nobody knows here.
  const isCounted =
    stage.approvers.length > 0 &&
    asked.length === names.size &&
    asked.every(({ entraGroups }) => entraGroups.length === 0);
  const people = new Set(
    asked.flatMap(({ members }) =>
      members.map(({ objectId, tenantId }) => `${tenantId}/${objectId}`),
    ),
  );
  return isCounted && people.size < stage.minApprovals
    ? [...late, `needs ${stage.minApprovals} approvals, but its groups have ${people.size} people`]
    : late;
}
