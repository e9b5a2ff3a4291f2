import type { ServiceBusMessage } from '@azure/service-bus';
import fc from 'fast-check';
import { limits } from '../../src/model/limits.ts';
import {
  type BadMessageContext,
  type Body,
  contradiction,
  envelope,
  faultyMessage,
  type JsonObject,
  json,
  refusedDecision,
  refusedResumption,
  text,
} from './bad-requests.ts';

/** A message that has to be refused, and the code of the refusal. What is wrong is known by how it is made. */
export interface BadMessage {
  readonly expected: string;
  readonly message: ServiceBusMessage & { readonly body: Buffer };
}

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
  const of = (make: (valid: JsonObject) => fc.Arbitrary<Body>) =>
    fc.constantFrom(...context.valid).chain(make);
  return fc.oneof(
    { arbitrary: noText, weight: 8 },
    { arbitrary: of(noJson), weight: 14 },
    { arbitrary: noObject, weight: 8 },
    { arbitrary: of(ambiguousJson), weight: 6 },
    { arbitrary: of(faultyMessage), weight: 40 },
    { arbitrary: of(faultyEnvelope), weight: 8 },
    { arbitrary: of(unknownVersion), weight: 8 },
    { arbitrary: of(unknownOperation), weight: 8 },
    { arbitrary: of(oversized), weight: 4 },
    { arbitrary: contradiction(context), weight: 10 },
    { arbitrary: refusedDecision(context), weight: 12 },
    { arbitrary: refusedResumption(context), weight: 12 },
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

/** A message that has to be refused, and words that tell what is wrong with it. */
export interface NamedBadMessage extends BadMessage {
  readonly what: string;
  readonly told: string;
}

/** What people get wrong, written by hand. */
export function badMessagesByHand(context: BadMessageContext): NamedBadMessage[] {
  const find = (operation: string) => context.valid.find((one) => one['operation'] === operation);
  const associate = { ...find('associate') };
  const removal = { ...find('remove') };
  const resume: JsonObject = { ...context.parked.resumption, id: 'CHG-BY-HAND' };
  const anywhere = { ...resume, by: context.operator };
  const one = 'corp-centralus';
  const bodies: readonly (readonly [string, string, string, object])[] = [
    ['an unknown mode', 'SchemaInvalid', '/mode', { ...removal, mode: 'purge' }],
    ['no mode', 'SchemaInvalid', '/mode', { ...removal, mode: undefined }],
    ['a pool twice', 'SchemaInvalid', '/pools names', { ...associate, pools: [one, one] }],
    ['three pools', 'SchemaInvalid', '/pools', { ...associate, pools: [one, 'b', 'c'] }],
    ['no pool', 'SchemaInvalid', '/pools', { ...associate, pools: [] }],
    [
      'a size in an association',
      'SchemaInvalid',
      'allocations',
      { ...associate, allocations: [{ pool: one, prefixLength: 24 }] },
    ],
    [
      'detachPeerings with disassociate',
      'SchemaInvalid',
      '/detachPeerings belongs to the mode delete',
      { ...removal, mode: 'disassociate', detachPeerings: true },
    ],
    [
      'override with disassociate',
      'SchemaInvalid',
      '/override belongs to the mode delete',
      { ...removal, mode: 'disassociate', override: true },
    ],
    ['resume without reason', 'SchemaInvalid', '/reason', { ...resume, reason: undefined }],
    ['resume without id', 'SchemaInvalid', '/id', { ...resume, id: undefined }],
    ['resume by nobody', 'SchemaInvalid', '/by', { ...resume, by: undefined }],
    [
      'resume by a mail address',
      'SchemaInvalid',
      '/by/objectId',
      { ...resume, by: { name: 'Olu', email: 'olu@contoso.example' } },
    ],
    [
      'resume of an unknown request',
      'UnknownRequest',
      "'NO-SUCH-REQUEST'",
      { ...anywhere, request: 'NO-SUCH-REQUEST' },
    ],
    [
      'resume by somebody who is no operator',
      'Unauthorized',
      'is no operator',
      { ...resume, by: context.waiting.requester },
    ],
    [
      'resume of a request that is not parked',
      'DecisionNotPossible',
      'awaiting-approval',
      { ...anywhere, request: context.waiting.id },
    ],
    [
      'another resumption under the id of the first',
      'Contradiction',
      'other content',
      { ...context.parked.resumption, reason: 'another cause' },
    ],
    [
      'an operation that is spelled differently',
      'UnknownOperation',
      'offered: allocate, associate, remove, decide, resume',
      { ...removal, operation: 'Remove' },
    ],
  ];
  return bodies.map(([what, expected, told, value], serial) => ({
    what,
    told,
    expected,
    message: { messageId: `by-hand-${serial}`, body: json(expected, value).body },
  }));
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
