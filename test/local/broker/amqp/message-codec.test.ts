import fc from 'fast-check';
import rhea from 'rhea';
import { expect, test } from 'vitest';
import {
  encodeForReceiver,
  messageCodec,
  readMessage,
  splitBatch,
} from '../../../../src/local/broker/amqp/message-codec.ts';
import { sectionsOf } from '../../../../src/local/broker/amqp/message-sections.ts';
import { activeMessage } from '../../../../src/local/broker/stored-message.ts';

const { types, message } = rhea;

function encode(fields: Record<string, unknown>): Buffer {
  return message.encode(fields);
}

function deliver(content: Buffer) {
  const numbers = { sequenceNumber: 2 ** 40, enqueuedSequenceNumber: 7 };
  return encodeForReceiver(activeMessage(readMessage(content), 1_000, numbers), 61_000);
}

/** The raw bytes of the sections with these codes. */
function raw(content: Buffer, codes: readonly number[]): string[] {
  return sectionsOf(content)
    .filter(({ code }) => codes.includes(code))
    .map(({ start, end }) => content.toString('hex', start, end));
}

test('properties, application properties, body and footer keep their exact bytes', () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
    fc.boolean(),
    fc.uint8Array().map((bytes) => types.wrap_binary(Buffer.from(bytes))),
    fc.constant(types.wrap_array([1, 2], 0x71, undefined)),
    fc.constant(types.wrap_described({ a: 1 }, 'x:y')),
    fc.date({ noInvalidDate: true }),
  );
  fc.assert(
    fc.property(
      fc.record({
        message_id: fc.oneof(
          fc.string(),
          fc.nat(),
          fc.constant(types.wrap_uuid(Buffer.alloc(16, 1))),
        ),
        group_id: fc.option(fc.string(), { nil: undefined }),
        application_properties: fc.dictionary(fc.string({ minLength: 1 }), value),
        message_annotations: fc.dictionary(fc.stringMatching(/^y-[a-z]{1,9}$/), value),
        footer: fc.dictionary(fc.stringMatching(/^f-[a-z]{1,9}$/), value),
        body: fc.oneof(
          value,
          fc.uint8Array().map((bytes) => message.data_section(Buffer.from(bytes))),
        ),
      }),
      (fields) => {
        const content = encode(fields);
        const kept = [0x73, 0x74, 0x75, 0x76, 0x77, 0x78];
        expect(raw(deliver(content), kept)).toEqual(raw(content, kept));
        const annotations = message.decode(deliver(content))['message_annotations'];
        expect(annotations).toMatchObject(message.decode(content)['message_annotations'] ?? {});
      },
    ),
  );
});

test('the broker replaces annotations of its own that a sender invents', () => {
  const content = encode({
    body: 1,
    message_annotations: { 'x-opt-sequence-number': 99, 'x-opt-partition-key': 'p' },
    delivery_annotations: { mine: 1 },
    delivery_count: 5,
    durable: true,
    priority: 7,
  });
  const delivered = message.decode(deliver(content));
  expect(delivered['message_annotations']).toEqual({
    'x-opt-partition-key': 'p',
    'x-opt-sequence-number': 2 ** 40,
    'x-opt-enqueue-sequence-number': 7,
    'x-opt-enqueued-time': new Date(1_000),
    'x-opt-message-state': 0,
    'x-opt-locked-until': new Date(61_000),
  });
  expect(delivered).toMatchObject({ durable: true, priority: 7, delivery_count: 0 });
  expect(delivered['delivery_annotations']).toBeUndefined();
});

test('message ids of any type are compared as text', () => {
  const idOf = (message_id: unknown) =>
    readMessage(encode({ message_id, body: 1 })).facts.messageId;
  expect(idOf('12')).toBe('12');
  expect(idOf(12)).toBe('12');
  expect(idOf(types.wrap_uuid(Buffer.alloc(16, 0xab)))).toBe(
    'abababab-abab-abab-abab-abababababab',
  );
  expect(idOf(types.wrap_binary(Buffer.from([1, 255])))).toBe('01ff');
});

test('changed properties replace old ones and leave the rest alone', () => {
  const content = encode({ body: 1, application_properties: { a: 1, b: 'x' }, subject: 's' });
  const changed = messageCodec.withProperties(content, { b: 'y', c: true });
  expect(message.decode(changed)).toMatchObject({
    subject: 's',
    body: 1,
    application_properties: { a: 1, b: 'y', c: true },
  });
  const bare = messageCodec.withProperties(encode({ body: 1 }), { DeadLetterReason: 'r' });
  expect(message.decode(bare)).toMatchObject({
    body: 1,
    application_properties: { DeadLetterReason: 'r' },
  });
});

test('a batch falls into the messages that were put into it', () => {
  const messages = [encode({ body: 1 }), encode({ body: 'x'.repeat(1_000) })];
  const envelope = encode({ body: message.data_sections(messages), message_id: 'envelope' });
  expect(splitBatch(envelope)).toEqual(messages);
});

test('bytes that are no message are refused with a decode error, whatever they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 50 }), (bytes) => {
      try {
        readMessage(Buffer.from(bytes));
      } catch (error) {
        expect((error as { code?: string }).code).toBe('amqp:decode-error');
      }
    }),
    { numRuns: 2_000 },
  );
});

test('what is taken in can be read by a receiver, however damaged it was', () => {
  const whole = encode({
    body: 'x',
    durable: true,
    ttl: 5,
    delivery_annotations: { d: 1 },
    message_annotations: { a: 1 },
    subject: 's',
    application_properties: { p: 1 },
    footer: { f: 1 },
  });
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 2 });
  let taken = 0;
  fc.assert(
    fc.property(damage, fc.nat(whole.length), (flips, cut) => {
      const bytes = Buffer.from(cut % 5 === 0 ? whole.subarray(0, cut) : whole);
      for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
      let accepted: ReturnType<typeof readMessage>;
      try {
        accepted = readMessage(bytes);
      } catch (error) {
        expect((error as { code?: string }).code).toBe('amqp:decode-error');
        return;
      }
      taken += 1;
      const numbers = { sequenceNumber: 1, enqueuedSequenceNumber: 1 };
      const stored = activeMessage(accepted, 1, numbers, undefined);
      message.decode(encodeForReceiver(stored, 5));
      message.decode(messageCodec.withProperties(stored.content, { DeadLetterReason: 'r' }));
    }),
    { numRuns: 3_000 },
  );
  expect(taken).toBeGreaterThan(50);
});

test.each([
  [types.wrap_timestamp(2 ** 62), undefined],
  [types.wrap_double(Number.NaN), undefined],
  [types.wrap_double(Number.POSITIVE_INFINITY), 8_640_000_000_000_000],
  [types.wrap_double(1.5), 1],
])('a scheduled time is one that can be stored, or none', (time, expected) => {
  const annotations = { 'x-opt-scheduled-enqueue-time': time };
  const { facts } = readMessage(encode({ body: 1, message_annotations: annotations }));
  expect(facts.scheduledFor).toBe(expected);
});
