import fc from 'fast-check';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What is wrong is known by how it is made. */
export interface Body {
  /** The code of the refusal. */
  readonly expected: string;
  readonly body: Buffer;
}

interface Person {
  readonly name: string;
  readonly objectId: string;
  readonly tenantId: string;
}

/** What the bad messages contradict, decide on and imitate. */
export interface BadMessageContext {
  /** Valid messages that nobody has sent, at least one of each operation; every generated fault is planted into a copy of one. */
  readonly valid: readonly JsonObject[];
  /** Contents of requests that were accepted before. */
  readonly accepted: readonly JsonObject[];
  /** A request that waits for approval, and who asked for it. */
  readonly waiting: { readonly id: string; readonly requester: Person };
  /** Id of a request that waits for the approval of an operator. */
  readonly overriding: string;
  /** A request whose compensation failed, and the resumption that it was resumed by. */
  readonly parked: { readonly id: string; readonly resumption: JsonObject };
  readonly operator: Person;
  /** Whoever the policy asks to approve. */
  readonly approver: Person;
}

export const text = (expected: string, value: string): Body => ({
  expected,
  body: Buffer.from(value),
});
export const json = (expected: string, value: unknown): Body =>
  text(expected, JSON.stringify(value));

export const envelope = (data: unknown, change: object = {}) => ({
  specversion: '1.0',
  id: 'event-1',
  source: '/ticketing',
  type: 'com.example.request',
  data,
  ...change,
});

const badValue = fc.oneof(
  fc.constantFrom<unknown>(null, '', 0, -1, true, [], {}, [[]], 2 ** 70, 1e308),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 120n }).map(Number),
);

const badIds = ['12345', '89e7073266', '', 5, '-', 'A B', 'A/B', 'A#1', 'a'.repeat(65), 'Ä'];
const badFlags = ['true', 'yes', 1, null, [], {}];

const mandatory: Readonly<Record<string, readonly string[]>> = {
  allocate: ['id', 'operation', 'requester', 'reason', 'target', 'allocations'],
  associate: ['id', 'operation', 'requester', 'reason', 'target', 'pools'],
  remove: ['id', 'operation', 'requester', 'reason', 'target', 'mode'],
  decide: ['operation', 'request', 'decision', 'by'],
  resume: ['id', 'operation', 'request', 'by', 'reason'],
};

/** One fault in one place of an otherwise valid message, bare or in an envelope. */
export const faultyMessage = (valid: JsonObject): fc.Arbitrary<Body> =>
  fc
    .tuple(fc.oneof(anyFault(valid), ownFault(valid)), fc.boolean())
    .map(([change, isEvent]) => ({ ...valid, ...change, isEvent }))
    .map(({ isEvent, ...message }) => json('SchemaInvalid', isEvent ? envelope(message) : message));

/** What is wrong in a message of any operation. */
function anyFault({ operation }: JsonObject): fc.Arbitrary<JsonObject> {
  const names = mandatory[String(operation)] ?? [];
  return fc.oneof(
    fc.constantFrom(...names).map((name) => ({ [name]: undefined })),
    // An operation of another type counts as a fault of the schema, not as an unknown operation.
    fc
      .tuple(fc.constantFrom(...names.filter((name) => name !== 'operation')), badValue)
      .map(([name, value]) => ({ [name]: value })),
    badValue.filter((value) => typeof value !== 'string').map((value) => ({ operation: value })),
    fc.constantFrom(...badIds).map((id) => ({ id })),
    fc.string({ minLength: 1, maxLength: 20 }).map((name) => ({ [`unknown ${name}`]: 1 })),
    fc.constantFrom('dryrun', 'ID', 'prefixLength', 'pool').map((name) => ({ [name]: true })),
  );
}

/** What is wrong in a message of this operation alone. */
function ownFault(valid: JsonObject): fc.Arbitrary<JsonObject> {
  switch (valid['operation']) {
    case 'allocate':
      return fc.oneof(requestFault(valid), allocateFault);
    case 'associate':
      return fc.oneof(requestFault(valid), associateFault);
    case 'remove':
      return fc.oneof(requestFault(valid), removeFault);
    case 'decide':
      return fc.oneof(messageFault(valid), decideFault);
    default:
      return fc.oneof(messageFault(valid), resumeFault);
  }
}

const requestFault = ({ target }: JsonObject): fc.Arbitrary<JsonObject> =>
  fc.oneof(
    fc.constant({ ticket: { system: 'x', id: '1', url: 'javascript:alert(1)' } }),
    fc.constantFrom<unknown>(...badFlags).map((dryRun) => ({ dryRun })),
    fc
      .constantFrom<object>(
        { tenant: undefined },
        { subscriptionId: 'the first one' },
        { resourceGroup: 'ends with.' },
        { virtualNetwork: 'x' },
        { virtualNetwork: '../vnet' },
        { location: 'central_us' },
        { location: null },
        { pool: 'corp-centralus' },
      )
      .map((change) => ({ target: { ...(target as object), ...change } })),
    fc.constantFrom('planHash', 'by', 'decision', 'request').map((name) => ({ [name]: 'x' })),
  );

const allocateFault: fc.Arbitrary<JsonObject> = fc.oneof(
  fc
    .constantFrom<unknown>(
      0,
      -1,
      1.5,
      2 ** 60,
      '0',
      '-5',
      '1e3',
      '0x10',
      ' 7',
      '1'.repeat(41),
      null,
    )
    .map((count) => ({ allocations: [{ pool: 'corp-centralus', numberOfIpAddresses: count }] })),
  fc
    .oneof(fc.integer({ max: 0 }), fc.integer({ min: 129 }), fc.constantFrom(24.5, '24', null))
    .map((prefixLength) => ({ allocations: [{ pool: 'corp-centralus', prefixLength }] })),
  fc.constantFrom<JsonObject>(
    { allocations: [{ pool: 'p', prefixLength: 24, numberOfIpAddresses: 256 }] },
    { subnets: [{ name: 'app', pool: 'another', prefixLength: 26 }] },
    { mode: 'delete' },
    { pools: ['corp-centralus'] },
    { override: true },
  ),
  badValue.filter((value) => typeof value !== 'object' || value === null).map((tags) => ({ tags })),
);

const poolName = fc.stringMatching(/^[a-z]{1,20}$/);

const associateFault: fc.Arbitrary<JsonObject> = fc.oneof(
  poolName.map((pool) => ({ pools: [pool, pool] })),
  fc.uniqueArray(poolName, { minLength: 3, maxLength: 9 }).map((pools) => ({ pools })),
  fc
    .constantFrom<unknown>('corp-centralus', [''], ['p'.repeat(81)], [5], [null], [['p']], [{}])
    .map((pools) => ({ pools })),
  fc.constantFrom<JsonObject>(
    { allocations: [{ pool: 'corp-centralus', prefixLength: 24 }] },
    { subnets: [] },
    { tags: {} },
    { mode: 'disassociate' },
    { detachPeerings: false },
    { override: false },
  ),
);

const removeFault: fc.Arbitrary<JsonObject> = fc.oneof(
  fc
    .oneof(
      fc.constantFrom<unknown>('DELETE', 'delete ', 'purge', 'associate', '__proto__', ['delete']),
      fc.string({ maxLength: 30 }).map((rest) => `é${rest}`),
    )
    .map((mode) => ({ mode })),
  fc
    .tuple(
      fc.constantFrom<object>({ detachPeerings: true }, { override: true }),
      fc.constantFrom<object>({}, { dryRun: true }),
    )
    .map(([flag, rest]) => ({ mode: 'disassociate', ...rest, ...flag })),
  fc
    .tuple(fc.constantFrom('detachPeerings', 'override'), fc.constantFrom<unknown>(...badFlags))
    .map(([name, value]) => ({ [name]: value })),
  fc.constantFrom<JsonObject>(
    { pools: ['corp-centralus'] },
    { allocations: [] },
    { tags: {} },
    { force: true },
    { overrides: ['ownership'] },
  ),
);

/** In messages about a request. */
const messageFault = ({ by }: JsonObject): fc.Arbitrary<JsonObject> =>
  fc.oneof(
    fc.constantFrom<unknown>(...badIds).map((request) => ({ request })),
    fc
      .constantFrom<object>(
        { name: undefined },
        { name: '  ' },
        { objectId: undefined },
        { tenantId: undefined },
        { objectId: 'ada@contoso.example' },
        { tenantId: 'contoso' },
        { operator: true },
      )
      .map((change) => ({ by: { ...(by as object), ...change } })),
    fc.constantFrom<unknown>('', '   ', 5, [], 'x'.repeat(10_000)).map((reason) => ({ reason })),
    fc.constantFrom('force', 'mode', 'target', 'dryRun').map((name) => ({ [name]: true })),
  );

const decideFault = fc.constantFrom<JsonObject>(
  { decision: 'maybe' },
  { decision: 'resume' },
  { decision: 'reject', reason: undefined },
  { planHash: 'abc' },
);

const resumeFault = fc.constantFrom<JsonObject>(
  { decision: 'approve' },
  { planHash: 'a'.repeat(64) },
  { leftovers: [] },
);

/** The id of something that was accepted, with other content: a request, or a resumption. */
export function contradiction({
  valid,
  accepted,
  parked,
  operator,
}: BadMessageContext): fc.Arbitrary<Body> {
  const changed = fc
    .constantFrom(...accepted)
    .chain((request) => otherContent(request).map((change) => ({ ...request, ...change })));
  const ofAnotherOperation = fc
    .tuple(fc.constantFrom(...accepted), fc.constantFrom(...valid))
    .filter(([taken, other]) => 'target' in other && other['operation'] !== taken['operation'])
    .map(([{ id }, other]) => ({ ...other, id }));
  const { resumption } = parked;
  const resumed = fc.oneof(
    fc.uuid().map((reason) => ({ ...resumption, reason })),
    fc.uuid().map((objectId) => ({ ...resumption, by: { ...operator, objectId } })),
    fc.constantFrom('approve', 'reject', 'cancel').map((decision) => ({
      ...resumption,
      operation: 'decide',
      decision,
    })),
  );
  return fc
    .oneof({ arbitrary: changed, weight: 3 }, ofAnotherOperation, resumed)
    .map((message) => json('Contradiction', message));
}

function otherContent({ operation, target }: JsonObject): fc.Arbitrary<JsonObject> {
  const always = fc.oneof(
    fc.uuid().map((reason) => ({ reason })),
    fc.uuid().map((name) => ({ requester: { name } })),
    fc.stringMatching(/^[a-z]{5,20}$/).map((name) => ({
      target: { ...(target as object), virtualNetwork: `vnet-${name}` },
    })),
  );
  switch (operation) {
    case 'allocate':
      return fc.oneof(
        always,
        fc.integer({ min: 1, max: 32 }).map((prefixLength) => ({
          subnets: [],
          allocations: [{ pool: 'corp-westeurope', prefixLength }],
        })),
        fc.uuid().map((tag) => ({ tags: { tag } })),
      );
    case 'associate':
      return fc.oneof(
        always,
        poolName.map((pool) => ({ pools: [`other-${pool}`] })),
      );
    default:
      return fc.oneof(
        always,
        fc.constantFrom<JsonObject>(
          { mode: 'delete' },
          { mode: 'delete', override: true },
          { mode: 'delete', detachPeerings: true },
        ),
      );
  }
}

const somebody: fc.Arbitrary<Person> = fc
  .uuid()
  .map((objectId) => ({ name: 'Ada', objectId, tenantId: 'a0000000-0000-4000-8000-00000000000a' }));

const decisionOn = (request: string, decision: string, by: object) => ({
  operation: 'decide',
  request,
  decision,
  by,
  reason: 'because',
});

/** Decisions that are well formed, and must have no effect all the same. */
export function refusedDecision({
  waiting,
  overriding,
  approver,
}: BadMessageContext): fc.Arbitrary<Body> {
  const { id, requester } = waiting;
  return fc.oneof(
    fc
      .tuple(somebody, fc.uuid(), fc.constantFrom('approve', 'reject', 'cancel'))
      .map(([by, request, decision]) =>
        json('UnknownRequest', decisionOn(`R-${request}`, decision, by)),
      ),
    fc
      .tuple(fc.emailAddress(), fc.constantFrom('approve', 'reject'))
      .map(([email, decision]) =>
        json('Unauthorized', decisionOn(id, decision, { ...requester, email })),
      ),
    somebody.map((by) => json('Unauthorized', decisionOn(overriding, 'approve', by))),
    somebody.map((by) => json('Unauthorized', decisionOn(id, 'approve', by))),
    fc
      .tuple(somebody, fc.constantFrom(id, overriding))
      .map(([by, request]) => json('Unauthorized', decisionOn(request, 'break-glass', by))),
    fc
      .stringMatching(/^[0-9a-f]{64}$/)
      .map((planHash) => json('PlanChanged', { ...decisionOn(id, 'approve', approver), planHash })),
  );
}

/** Resumptions that are well formed, and must have no effect all the same. */
export function refusedResumption(context: BadMessageContext): fc.Arbitrary<Body> {
  const { accepted, waiting, parked, operator } = context;
  const notParked = [waiting.id, context.overriding, ...accepted.map(({ id }) => String(id))];
  const resumptionOf = (request: string, serial: string, by: Person) => ({
    ...parked.resumption,
    id: `CHG-${serial}`,
    request,
    by,
  });
  return fc.uuid().chain((serial) =>
    fc.oneof(
      fc
        .uuid()
        .map((request) => json('UnknownRequest', resumptionOf(`R-${request}`, serial, operator))),
      fc
        .oneof(
          somebody,
          fc.constant(waiting.requester),
          fc.uuid().map((tenantId) => ({ ...operator, tenantId })),
        )
        .map((by) => json('Unauthorized', resumptionOf(parked.id, serial, by))),
      fc
        .constantFrom(...notParked)
        .map((request) => json('DecisionNotPossible', resumptionOf(request, serial, operator))),
    ),
  );
}
