import fc from 'fast-check';

/** A valid body, and what it says once spelling and defaults are settled. */
export interface GeneratedMessage {
  readonly body: Readonly<Record<string, unknown>>;
  readonly says: Readonly<Record<string, unknown>>;
}

/** A value as it is written, and as it is kept. */
type Spelled<T = unknown> = readonly [written: unknown, kept: T];
type Members = Readonly<Record<string, fc.Arbitrary<Spelled>>>;

const same = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<Spelled<T>> =>
  arbitrary.map((value) => [value, value]);

/** Absent in the body; kept as the default, or as nothing. */
const orAbsent = (arbitrary: fc.Arbitrary<Spelled>, byDefault?: unknown): fc.Arbitrary<Spelled> =>
  fc.oneof(arbitrary, fc.constant<Spelled>([undefined, byDefault]));

/** An object of members, each written and kept. Members that are `undefined` are none. */
const objectOf = (members: Members): fc.Arbitrary<Spelled<Record<string, unknown>>> =>
  fc.record(members).map((values) => {
    const side = (index: 0 | 1) =>
      Object.fromEntries(
        Object.entries(values)
          .map(([name, value]) => [name, value[index]] as const)
          .filter(([, value]) => value !== undefined),
      );
    return [side(0), side(1)];
  });

const listOf = <T>(entries: readonly Spelled<T>[]): Spelled<T[]> => [
  entries.map(([written]) => written),
  entries.map(([, kept]) => kept),
];

const id = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/);
const guid: fc.Arbitrary<Spelled> = fc
  .tuple(fc.uuid(), fc.boolean())
  .map(([value, isUpper]) => [isUpper ? value.toUpperCase() : value, value]);
const plain = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
/** Nothing that a reader could not see; spaces at the ends are cut off. */
const trimmed: fc.Arbitrary<Spelled> = fc
  .tuple(plain, fc.constantFrom('', ' '))
  .filter(([value]) => value.trim() !== '' && !/\p{Cc}/u.test(value))
  .map(([value, space]) => [`${space}${value}${space}`, `${space}${value}${space}`.trim()]);

const location: fc.Arbitrary<Spelled> = fc.constantFrom<Spelled[]>(
  ['centralus', 'centralus'],
  ['Central US', 'centralus'],
  ['WestEurope', 'westeurope'],
);

const requester = objectOf({
  name: trimmed,
  email: orAbsent(same(fc.emailAddress())),
  objectId: orAbsent(guid),
  tenantId: orAbsent(guid),
});

const ticket = objectOf({
  system: same(fc.constantFrom('servicenow', 'jira')),
  id: same(fc.stringMatching(/^[A-Z]{2,5}-\d{1,6}$/)),
  url: orAbsent(same(fc.webUrl())),
});

const target = (place: fc.Arbitrary<Spelled>) =>
  objectOf({
    tenant: same(fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/)),
    subscriptionId: guid,
    resourceGroup: same(fc.stringMatching(/^[A-Za-z0-9._()-]{0,40}[A-Za-z0-9_()-]$/)),
    virtualNetwork: same(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,40}[A-Za-z0-9_]$/)),
    location: place,
  });

type Size = Record<string, unknown>;

const size: fc.Arbitrary<Spelled<Size>> = fc.oneof(
  fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 39n - 1n }), fc.boolean()).map(
    ([count, asText]): Spelled<Size> => [
      {
        numberOfIpAddresses:
          asText || count > BigInt(Number.MAX_SAFE_INTEGER) ? String(count) : Number(count),
      },
      { numberOfIpAddresses: String(count) },
    ],
  ),
  fc
    .integer({ min: 1, max: 128 })
    .map((prefixLength): Spelled<Size> => [{ prefixLength }, { prefixLength }]),
);

const poolNames = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), {
  minLength: 1,
  maxLength: 2,
});

/** What `pool` of a request is to be, with a size. */
const sized = (pool: string, [written, kept]: Spelled<Size>): Spelled => [
  { pool, ...(written as object) },
  { pool, ...kept },
];

/** Allocations, and subnets that name a pool, none, or one size for each pool. */
const allocations = fc
  .tuple(poolNames, fc.array(size, { minLength: 10, maxLength: 10 }), fc.nat(4))
  .map(([pools, sizes, subnetCount]): Spelled<Record<string, unknown>> => {
    const sizeAt = (index: number) => sizes[index % sizes.length] as Spelled<Size>;
    const subnets = Array.from({ length: subnetCount }, (_, index): Spelled => {
      const name = `s${index}`;
      if (index % 3 === 2) {
        const [written, kept] = listOf(pools.map((pool) => sized(pool, sizeAt(index))));
        return [
          { name, allocations: written },
          { name, allocations: kept },
        ];
      }
      const pool = index % 3 === 1 ? { pool: pools.at(-1) } : {};
      const [written, kept] = sizeAt(index + 4);
      return [
        { name, ...pool, ...(written as Size) },
        { name, ...pool, ...kept },
      ];
    });
    const [written, kept] = listOf(pools.map((pool, index) => sized(pool, sizeAt(index + 8))));
    const [writtenSubnets, keptSubnets] = listOf(subnets);
    return [
      { allocations: written, ...(subnetCount === 0 ? {} : { subnets: writtenSubnets }) },
      { allocations: kept, subnets: keptSubnets },
    ];
  });

const unsafe: ReadonlySet<string> = new Set(['constructor', 'prototype', 'Timestamp']);
const tags = fc.dictionary(
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9 _.-]{0,20}$/).filter((name) => !unsafe.has(name)),
  fc.stringMatching(/^[ -~]{0,30}$/),
  { maxKeys: 4 },
);

const common: Members = {
  id: same(id),
  requester,
  reason: trimmed,
  ticket: orAbsent(ticket),
  dryRun: orAbsent(same(fc.boolean()), false),
};

const operation = (name: string): Members => ({ operation: same(fc.constant(name)) });
const flag = orAbsent(same(fc.boolean()), false);
const never = fc.constantFrom<Spelled[]>([undefined, false], [false, false]);
const by = objectOf({
  name: trimmed,
  email: orAbsent(same(fc.emailAddress())),
  objectId: guid,
  tenantId: guid,
});

const byOperation = {
  allocate: fc
    .tuple(
      objectOf({
        ...common,
        ...operation('allocate'),
        target: target(location),
        tags: orAbsent(same(tags), {}),
      }),
      allocations,
    )
    .map(
      ([one, other]): Spelled<Record<string, unknown>> => [
        { ...(one[0] as object), ...(other[0] as object) },
        { ...one[1], ...other[1] },
      ],
    ),
  associate: objectOf({
    ...common,
    ...operation('associate'),
    target: target(orAbsent(location)),
    pools: same(poolNames),
  }),
  remove: fc.oneof(
    ...['delete', 'disassociate'].map((mode) =>
      objectOf({
        ...common,
        ...operation('remove'),
        target: target(orAbsent(location)),
        mode: same(fc.constant(mode)),
        detachPeerings: mode === 'delete' ? flag : never,
        override: mode === 'delete' ? flag : never,
      }),
    ),
  ),
  decide: fc.oneof(
    ...['approve', 'reject', 'cancel'].map((decision) =>
      objectOf({
        ...operation('decide'),
        id: orAbsent(same(id)),
        request: same(id),
        decision: same(fc.constant(decision)),
        by,
        reason: decision === 'reject' ? trimmed : orAbsent(trimmed),
        planHash: orAbsent(same(fc.stringMatching(/^[0-9a-f]{64}$/))),
      }),
    ),
  ),
  resume: objectOf({
    ...operation('resume'),
    id: same(id),
    request: same(id),
    by,
    reason: trimmed,
  }),
} as const;

export const operations = Object.keys(byOperation) as (keyof typeof byOperation)[];

/** Valid messages of one operation, with everything that is optional there or not. */
export const messagesOf = (name: keyof typeof byOperation): fc.Arbitrary<GeneratedMessage> =>
  byOperation[name].map(([body, says]) => ({ body: body as GeneratedMessage['body'], says }));

export const anyMessage: fc.Arbitrary<GeneratedMessage> = fc.oneof(...operations.map(messagesOf));
