import type { ServiceBusMessage } from '@azure/service-bus';
import fc from 'fast-check';
import { limits } from '../../src/model/limits.ts';

/** A message that has to be refused, and the code of the refusal. What is wrong is known by how it is made. */
export interface BadMessage {
  readonly expected: string;
  readonly message: ServiceBusMessage & { readonly body: Buffer };
}

/** What the generated messages contradict, decide on and imitate. */
export interface BadMessageContext {
  /** A valid request that nobody has sent; every generated fault is planted into a copy of it. */
  readonly valid: Readonly<Record<string, unknown>>;
  /** Content of a request that was accepted before. */
  readonly accepted: Readonly<Record<string, unknown>>;
  /** A request that waits for approval, and who asked for it. */
  readonly waiting: {
    readonly id: string;
    readonly requester: { name: string; objectId: string; tenantId: string };
  };
}

type JsonObject = Readonly<Record<string, unknown>>;
type Body = { readonly expected: string; readonly body: Buffer };

const text = (expected: string, value: string): Body => ({ expected, body: Buffer.from(value) });
const json = (expected: string, value: unknown): Body => text(expected, JSON.stringify(value));

/** The same messages for the same seed. */
export function badMessages(context: BadMessageContext, count: number, seed: number): BadMessage[] {
  const bodies = fc.sample(bodyArbitrary(context), { numRuns: count, seed });
  const properties = fc.sample(propertiesArbitrary, { numRuns: count, seed });
  return bodies.map(({ expected, body }, serial) => ({
    expected,
    message: { ...properties[serial], ...identity(serial), body },
  }));
}

function bodyArbitrary(context: BadMessageContext): fc.Arbitrary<Body> {
  const { valid } = context;
  return fc.oneof(
    { arbitrary: noText, weight: 8 },
    { arbitrary: noJson(valid), weight: 14 },
    { arbitrary: noObject, weight: 10 },
    { arbitrary: ambiguousJson(valid), weight: 6 },
    { arbitrary: faultyRequest(valid), weight: 30 },
    { arbitrary: faultyEnvelope(valid), weight: 8 },
    { arbitrary: unknownVersion(valid), weight: 8 },
    { arbitrary: unknownOperation(valid), weight: 8 },
    { arbitrary: oversized(valid), weight: 4 },
    { arbitrary: contradiction(context.accepted), weight: 8 },
    { arbitrary: faultyDecision, weight: 8 },
    { arbitrary: refusedDecision(context.waiting), weight: 12 },
  );
}

/** 0xC0 and above 0xF7 appear nowhere in UTF-8. */
const noText: fc.Arbitrary<Body> = fc
  .tuple(
    fc.uint8Array({ maxLength: 400 }),
    fc.constantFrom(0xc0, 0xf8, 0xff),
    fc.uint8Array({ maxLength: 400 }),
  )
  .map(([before, wrong, after]) => ({
    expected: 'SchemaInvalid',
    body: Buffer.concat([before, Buffer.of(wrong), after]),
  }));

function noJson(valid: JsonObject): fc.Arbitrary<Body> {
  const whole = JSON.stringify(valid);
  return fc
    .oneof(
      fc.constantFrom('', ' \n\t', 'undefined', 'NaN', "{'id': 'A-1'}", `${whole},`, `(${whole})`),
      fc.nat(whole.length - 1).map((length) => whole.slice(0, length)),
      fc.string({ unit: 'binary', maxLength: 200 }).map((rest) => `<request>${rest}`),
      fc.lorem({ mode: 'sentences' }),
    )
    .map((body) => text('SchemaInvalid', body));
}

const noObject: fc.Arbitrary<Body> = fc
  .oneof(
    fc.constantFrom('null', 'true', '0', '-0', '1e999', '6371691901200433359', '"12345"', '[]'),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 200n }).map(String),
    fc.jsonValue().map((value) => JSON.stringify([value])),
    fc.string().map((value) => JSON.stringify(value)),
  )
  .map((body) => text('SchemaInvalid', body));

/** What `JSON.parse` takes, but two readers may read in two ways. */
function ambiguousJson(valid: JsonObject): fc.Arbitrary<Body> {
  const [, ...members] = JSON.stringify(valid);
  const rest = members.join('');
  return fc
    .oneof(
      fc.constantFrom(...Object.keys(valid)).map((name) => `{"${name}":"other",${rest}`),
      fc
        .constantFrom('__proto__', 'constructor', 'prototype', 'Timestamp')
        .map((name) => `{"${name}":{"id":"A-2"},${rest}`),
      fc
        .integer({ min: limits.messageDepth, max: 2_000 })
        .map((depth) => `{"tags":${'['.repeat(depth)}${']'.repeat(depth)},${rest}`),
      fc
        .constantFrom('\\u0000', '\\u001b[2J', '\\ud800', '\\u202e', '\\u2066')
        .map((character) => `{"note":"x${character}y",${rest}`),
    )
    .map((body) => text('SchemaInvalid', body));
}

const badValue = fc.oneof(
  fc.constantFrom<unknown>(null, '', 0, -1, true, [], {}, [[]], 2 ** 70, 1e308),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 120n }).map(Number),
);

/** One fault in one place of an otherwise valid request. */
function faultyRequest(valid: JsonObject): fc.Arbitrary<Body> {
  const mandatory = ['id', 'operation', 'requester', 'reason', 'target', 'allocations'];
  const ids = ['12345', '89e7073266', '', 5, '-', 'A B', 'A/B', 'A#1', 'a'.repeat(65), 'Ä'];
  const sizes = [0, -1, 1.5, 2 ** 60, '0', '-5', '1e3', '0x10', ' 7', `1${'0'.repeat(40)}`, null];
  const changes: fc.Arbitrary<JsonObject> = fc.oneof(
    fc.constantFrom(...mandatory).map((name) => ({ [name]: undefined })),
    // An operation of another type counts as a fault of the schema, not as an unknown operation.
    fc
      .tuple(fc.constantFrom(...mandatory.filter((name) => name !== 'operation')), badValue)
      .map(([name, value]) => ({ [name]: value })),
    badValue.filter((value) => typeof value !== 'string').map((operation) => ({ operation })),
    fc.constantFrom(...ids).map((id) => ({ id })),
    fc
      .constantFrom(...sizes)
      .map((count) => ({ allocations: [{ pool: 'corp-centralus', numberOfIpAddresses: count }] })),
    fc
      .oneof(fc.integer({ max: 0 }), fc.integer({ min: 129 }), fc.constantFrom(24.5, '24', null))
      .map((prefixLength) => ({ allocations: [{ pool: 'corp-centralus', prefixLength }] })),
    fc.constant({ allocations: [{ pool: 'p', prefixLength: 24, numberOfIpAddresses: 256 }] }),
    fc.constant({ subnets: [{ name: 'app', pool: 'another', prefixLength: 26 }] }),
    fc.constant({ ticket: { system: 'x', id: '1', url: 'javascript:alert(1)' } }),
    fc.string({ minLength: 1, maxLength: 20 }).map((name) => ({ [`unknown ${name}`]: 1 })),
    fc.constantFrom('dryrun', 'ID', 'prefixLength', 'planHash').map((name) => ({ [name]: true })),
    badValue
      .filter((value) => typeof value !== 'object' || value === null)
      .map((tags) => ({ tags })),
  );
  return fc
    .tuple(changes, fc.boolean())
    .map(([change, inEnvelope]) => ({ ...valid, ...change, inEnvelope }))
    .map(({ inEnvelope, ...request }) =>
      json('SchemaInvalid', inEnvelope ? envelope(request) : request),
    );
}

const envelope = (data: unknown, change: object = {}) => ({
  specversion: '1.0',
  id: 'event-1',
  source: '/ticketing',
  type: 'com.example.request',
  data,
  ...change,
});

function faultyEnvelope(valid: JsonObject): fc.Arbitrary<Body> {
  const changes = fc.oneof(
    fc.constantFrom('specversion', 'id', 'source', 'type', 'data').map((name) => ({
      [name]: undefined,
    })),
    fc.constantFrom('id', 'source', 'type').map((name) => ({ [name]: 7 })),
    fc.constantFrom('application/xml', 'text/plain', 7).map((datacontenttype) => ({
      datacontenttype,
    })),
    fc.constantFrom('yesterday', '2026-01-31', 0).map((time) => ({ time })),
    fc.constantFrom<unknown>('{}', null, 5, [valid], JSON.stringify(valid)).map((data) => ({
      data,
    })),
  );
  return changes.map((change) => json('SchemaInvalid', envelope(valid, change)));
}

function unknownVersion(valid: JsonObject): fc.Arbitrary<Body> {
  return fc
    .oneof(
      fc
        .oneof(fc.integer({ min: 2 }), fc.constantFrom<unknown>(0, '2', '1.0', '', null, [1], {}))
        .map((version) => ({ ...valid, version })),
      fc
        .constantFrom<unknown>('0.3', '1.1', '2.0', 1, 1.5, null, '', ['1.0'])
        .map((specversion) => envelope(valid, { specversion })),
    )
    .map((value) => json('UnsupportedVersion', value));
}

function unknownOperation(valid: JsonObject): fc.Arbitrary<Body> {
  return fc
    .oneof(
      fc.constantFrom('ALLOCATE', ' allocate', 'allocate ', '', 'toString', '__proto__', 'drop'),
      // A letter of another script in front, so that it never becomes an operation.
      fc.string({ maxLength: 60 }).map((name) => `é${name}`),
    )
    .map((operation) => json('UnknownOperation', { ...valid, operation }));
}

/** From one byte over our own limit up to far more; the broker's limit is 256 KB. */
function oversized(valid: JsonObject): fc.Arbitrary<Body> {
  const whole = JSON.stringify(valid);
  const length = fc.oneof(
    fc.constant(limits.messageBytes + 1),
    fc.integer({ min: limits.messageBytes + 1, max: 3 * limits.messageBytes }),
  );
  return fc.tuple(length, fc.constantFrom(' ', '\u0000', 'ab')).map(([size, filling]) => ({
    expected: 'TooLarge',
    body: Buffer.concat([Buffer.from(whole), Buffer.alloc(size - whole.length, filling)]),
  }));
}

/** The id of an accepted request with other content. */
function contradiction(accepted: JsonObject): fc.Arbitrary<Body> {
  return fc
    .oneof(
      fc.uuid().map((reason) => ({ reason })),
      fc.uuid().map((name) => ({ requester: { name } })),
      fc.integer({ min: 1, max: 32 }).map((prefixLength) => ({
        allocations: [{ pool: 'corp-westeurope', prefixLength }],
      })),
      fc.uuid().map((tag) => ({ tags: { tag } })),
    )
    .map((change) => json('Contradiction', { ...accepted, subnets: [], ...change }));
}

const decider = fc
  .uuid()
  .map((objectId) => ({ name: 'Ada', objectId, tenantId: 'a0000000-0000-4000-8000-00000000000a' }));

const faultyDecision: fc.Arbitrary<Body> = fc
  .tuple(
    decider,
    fc.constantFrom<object>(
      { request: undefined },
      { request: '12345' },
      { decision: 'maybe' },
      { decision: 'reject' },
      { by: undefined },
      { by: { name: 'Ada', email: 'ada@contoso.example' } },
      { planHash: 'abc' },
      { id: '1' },
      { force: true },
    ),
  )
  .map(([by, change]) =>
    json('SchemaInvalid', { ...decisionOn('NO-SUCH-REQUEST', 'approve', by), ...change }),
  );

const decisionOn = (request: string, decision: string, by: object) => ({
  operation: 'decide',
  request,
  decision,
  by,
});

/** Decisions that are well formed, and must have no effect all the same. */
function refusedDecision(waiting: BadMessageContext['waiting']): fc.Arbitrary<Body> {
  const { id, requester } = waiting;
  const reason = 'because';
  return fc.oneof(
    fc
      .tuple(decider, fc.uuid(), fc.constantFrom('approve', 'reject', 'cancel'))
      .map(([by, request, decision]) =>
        json('UnknownRequest', { ...decisionOn(`R-${request}`, decision, by), reason }),
      ),
    fc
      .tuple(fc.emailAddress(), fc.constantFrom('approve', 'reject'))
      .map(([email, decision]) =>
        json('Unauthorized', { ...decisionOn(id, decision, { ...requester, email }), reason }),
      ),
    fc
      .tuple(decider, fc.stringMatching(/^[0-9a-f]{64}$/))
      .map(([by, planHash]) => json('PlanChanged', { ...decisionOn(id, 'approve', by), planHash })),
  );
}

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });

/** Everything else that a sender may set on a message. */
const propertiesArbitrary: fc.Arbitrary<Omit<ServiceBusMessage, 'body'>> = fc.record(
  {
    contentType: fc.constantFrom(
      'application/json',
      'application/cloudevents+json',
      'application/octet-stream',
      'text/plain; charset=utf-16',
      'nonsense',
    ),
    correlationId: fc.oneof(name, fc.constantFrom('12345', 'true', 'null', '89e7073266')),
    subject: name,
    to: name,
    replyTo: name,
    replyToSessionId: name,
    sessionId: name,
    timeToLive: fc.integer({ min: 3_600_000, max: 1e12 }),
    applicationProperties: fc.dictionary(
      fc.oneof(
        fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9-]{0,20}$/),
        // As on a message that an operator has sent again from the rejected queue.
        fc.constantFrom('rejectReason', 'originalMessageId', 'TenantId', '__proto__x', '12'),
      ),
      fc.oneof(
        fc.string(),
        fc.boolean(),
        fc.integer(),
        // The client cannot send -0 or whole numbers beyond 2^53 as they are.
        fc.double({ noNaN: true, min: -1e15, max: 1e15 }).map((value) => value + 0),
        fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
        fc.constantFrom(null, '12345', 'true', 'null', '89e7073266', '2026-01-31T12:00:00Z'),
      ),
      { maxKeys: 6 },
    ),
  },
  { requiredKeys: [] },
);

/** Message ids that Azure Functions turns into something else (service-bus, trap F3), and none at all. */
const oddMessageIds = [
  '12345',
  'true',
  'false',
  'null',
  '89e7073266',
  '1e400',
  '-0',
  '[1]',
  '{}',
  ' ',
];

/** Unique, because duplicate detection drops a repeated id unseen; a message without one has a serial number. */
function identity(serial: number): Pick<ServiceBusMessage, 'messageId'> {
  const odd = oddMessageIds[serial];
  if (odd !== undefined) return { messageId: odd };
  switch (serial % 5) {
    case 0:
      return { messageId: String(1_000_000 + serial) };
    case 1:
      return { messageId: 2_000_000 + serial };
    case 2:
      return { messageId: `${serial}e${serial}` };
    case 3:
      return { messageId: `bad-${serial}` };
    default:
      return {};
  }
}
