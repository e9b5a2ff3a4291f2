import { randomUUID } from 'node:crypto';
import rhea from 'rhea';
import { BrokerError } from '../broker-error.ts';
import type { MessageCodec, MessageFacts, NewMessage, StoredMessage } from '../message.ts';
import {
  binaryAt,
  type Extent,
  int,
  itemsOf,
  list,
  long,
  nullValue,
  section,
  string,
  symbol,
  timestamp,
  uint,
} from './encoded-value.ts';
import {
  findSection,
  requireWellFormed,
  type Section,
  sectionCodes,
  sectionsOf,
  withEntries,
} from './message-sections.ts';
import { encodeValue } from './rhea-internals.ts';

const longestUint = 0xff_ff_ff_ff;
const stateNumbers = { active: 0, deferred: 1, scheduled: 2 } as const;

/** Message ids may be text, number, uuid or binary (service-bus 10, R12): their text identifies them. */
function idText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Buffer.isBuffer(value)) return String(value);
  return value.length === 16 ? rhea.uuid_to_string(value) : value.toString('hex');
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The latest time that a date can tell. */
const latestTime = 8_640_000_000_000_000;

function timeOf(value: unknown): number | undefined {
  const time = value instanceof Date ? value.getTime() : value;
  if (typeof time !== 'number' || Number.isNaN(time)) return undefined;
  return Math.trunc(Math.max(-latestTime, Math.min(latestTime, time)));
}

function orRefuse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BrokerError('amqp:decode-error', `This is no AMQP message: ${reason}`);
  }
}

function describe(content: Buffer): MessageFacts {
  const sections = orRefuse(() => sectionsOf(content));
  const body = sections.find(({ code }) => code >= sectionCodes.data);
  const decoded = orRefuse(() =>
    rhea.message.decode(content.subarray(0, body?.start ?? content.length)),
  );
  const annotations: Record<string, unknown> = decoded['message_annotations'] ?? {};
  return {
    messageId: idText(decoded['message_id']),
    correlationId: idText(decoded['correlation_id']),
    subject: textOrUndefined(decoded['subject']),
    to: textOrUndefined(decoded['to']),
    replyTo: textOrUndefined(decoded['reply_to']),
    sessionId: textOrUndefined(decoded['group_id']),
    replyToSessionId: textOrUndefined(decoded['reply_to_group_id']),
    contentType: textOrUndefined(decoded['content_type']),
    applicationProperties: decoded['application_properties'] ?? {},
    timeToLiveMs: Number(decoded['ttl']) || undefined,
    scheduledFor: timeOf(annotations['x-opt-scheduled-enqueue-time']),
  };
}

/** The message with one more section, where the order of sections wants it. */
function withSection(content: Buffer, sections: readonly Section[], code: number, bytes: Buffer) {
  const kept = sections.filter((one) => one.code !== code);
  const before = kept.filter((one) => one.code < code);
  const after = kept.filter((one) => one.code > code);
  const raw = ({ start, end }: Extent) => content.subarray(start, end);
  return Buffer.concat([...before.map(raw), bytes, ...after.map(raw)]);
}

/** How the broker's queues look into AMQP messages and change them. */
export const messageCodec: MessageCodec = {
  describe,
  withProperties(content, changes) {
    const sections = orRefuse(() => sectionsOf(content));
    const code = sectionCodes.applicationProperties;
    const entries = new Map(
      Object.entries(changes).map(([name, value]) => [
        name,
        { key: string(name), value: encodeValue(value) },
      ]),
    );
    const changed = withEntries(content, findSection(sections, code), code, entries);
    return withSection(content, sections, code, changed);
  },
};

function withMessageId(content: Buffer, messageId: string): Buffer {
  const sections = orRefuse(() => sectionsOf(content));
  const existing = findSection(sections, sectionCodes.properties);
  const items = existing ? itemsOf(content, existing.value) : [];
  const others = items.slice(1).map(({ start, end }) => content.subarray(start, end));
  const properties = section(sectionCodes.properties, list([string(messageId), ...others]));
  return withSection(content, sections, sectionCodes.properties, properties);
}

/** What is stored must be readable: one message that is not would stop every receiver that meets it. */
function requireReadable(content: Buffer): void {
  orRefuse(() => {
    const sections = sectionsOf(content);
    requireWellFormed(content, sections);
    rhea.message.decode(content);
  });
}

/**
 * A message as it came over the wire, ready for a queue. Without an id of its own it gets a dashed UUID, which
 * nobody can take for a number (service-bus 8).
 */
export function readMessage(content: Buffer): NewMessage {
  requireReadable(content);
  const facts = describe(content);
  if (facts.messageId !== undefined) {
    return { content, facts: { ...facts, messageId: facts.messageId } };
  }
  const messageId = randomUUID();
  return { content: withMessageId(content, messageId), facts: { ...facts, messageId } };
}

/** The messages of a batch: every data section of the envelope is one (service-bus 4.2). */
export function splitBatch(envelope: Buffer): Buffer[] {
  return orRefuse(() =>
    sectionsOf(envelope)
      .filter(({ code }) => code === sectionCodes.data)
      .map(({ value }) => Buffer.from(binaryAt(envelope, value))),
  );
}

function deliveryHeader(content: Buffer, header: Section | undefined, message: StoredMessage) {
  const items = header ? itemsOf(content, header.value) : [];
  const raw = (index: number) => {
    const item = items[index];
    return item ? content.subarray(item.start, item.end) : nullValue;
  };
  const { expiresAt, enqueuedAt, deliveryCount } = message;
  const timeToLive =
    expiresAt === undefined ? nullValue : uint(Math.min(expiresAt - enqueuedAt, longestUint));
  const fields = [raw(0), raw(1), timeToLive, nullValue, uint(deliveryCount)];
  return section(sectionCodes.header, list(fields));
}

function brokerAnnotations(message: StoredMessage, lockedUntil: number | undefined) {
  const values: [string, Buffer][] = [
    ['x-opt-sequence-number', long(message.sequenceNumber)],
    ['x-opt-enqueue-sequence-number', long(message.enqueuedSequenceNumber)],
    ['x-opt-enqueued-time', timestamp(message.enqueuedAt)],
    ['x-opt-message-state', int(stateNumbers[message.state])],
  ];
  if (lockedUntil !== undefined) values.push(['x-opt-locked-until', timestamp(lockedUntil)]);
  if (message.deadLetterSource !== undefined) {
    values.push(['x-opt-deadletter-source', string(message.deadLetterSource)]);
  }
  return new Map(values.map(([name, value]) => [name, { key: symbol(name), value }]));
}

/**
 * A stored message as a receiver gets it: header and annotations are the broker's, all other bytes are those
 * of the sender (service-bus 4.3).
 */
export function encodeForReceiver(message: StoredMessage, lockedUntil: number | undefined): Buffer {
  const { content } = message;
  const sections = sectionsOf(content);
  const { header, deliveryAnnotations, messageAnnotations } = sectionCodes;
  const annotations = withEntries(
    content,
    findSection(sections, messageAnnotations),
    messageAnnotations,
    brokerAnnotations(message, lockedUntil),
  );
  const replaced: readonly number[] = [header, deliveryAnnotations, messageAnnotations];
  return Buffer.concat([
    deliveryHeader(content, findSection(sections, header), message),
    annotations,
    ...sections
      .filter(({ code }) => !replaced.includes(code))
      .map(({ start, end }) => content.subarray(start, end)),
  ]);
}
