import { z } from 'zod';
import type { ErrorCode } from './error-catalogue.ts';
import { type VendingError, vendingError } from './errors.ts';
import { limits } from './limits.ts';
import {
  allocateRequestSchema,
  associateRequestSchema,
  decideMessageSchema,
  type Message,
  removeRequestSchema,
  requestIdSchema,
  resumeMessageSchema,
} from './requests.ts';
import { describeIssue } from './schema-words.ts';
import { echo, type Fault, parseStrictJson, pointerTo } from './strict-json.ts';

/** What is kept of a CloudEvents 1.0 envelope. */
export interface Envelope {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly time?: string;
  /** W3C Trace Context, so that the trace of the sender goes on. */
  readonly traceparent?: string;
}

export type ParsedMessage =
  | { readonly ok: true; readonly message: Message; readonly envelope?: Envelope }
  | RefusedMessage;

interface RefusedMessage {
  readonly ok: false;
  /** Code `SchemaInvalid`, `UnknownOperation`, `UnsupportedVersion` or `TooLarge`. */
  readonly error: VendingError;
  /** The request that the message says it is, or decides on, if it names one that could be. */
  readonly claimedId?: string;
  readonly envelope?: Envelope;
}

type RejectCode = Extract<
  ErrorCode,
  'SchemaInvalid' | 'UnknownOperation' | 'UnsupportedVersion' | 'TooLarge'
>;

/** What may be sent to `vnet-requests`, by operation. */
export const messageSchemas = {
  allocate: allocateRequestSchema,
  associate: associateRequestSchema,
  remove: removeRequestSchema,
  decide: decideMessageSchema,
  resume: resumeMessageSchema,
} as const satisfies Record<string, z.ZodType<Message>>;

/**
 * Reads the body of a message on `vnet-requests`: a CloudEvents 1.0 structured event with the request
 * as `data`, or the bare request. Never throws, whatever the bytes; a refusal names every fault with
 * its JSON pointer, and repeats only little of the message.
 */
export function parseMessage(body: Uint8Array): ParsedMessage {
  const read = readMessage(body);
  if (!read.ok) return read;
  return isEnvelope(read.value) ? parseEnvelope(read.value) : parseRequest(read.value, '');
}

/** The body of a message as JSON object, before anybody asks what it says. Never throws. */
export function readMessage(
  body: Uint8Array,
): { readonly ok: true; readonly value: JsonObject } | RefusedMessage {
  if (body.byteLength > limits.messageBytes) {
    return refused(
      'TooLarge',
      `The message has ${body.byteLength} bytes; the limit is ${limits.messageBytes}.`,
    );
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return invalid([{ pointer: '', text: 'is not UTF-8' }]);
  }
  const json = parseStrictJson(text);
  if (!json.ok) {
    return invalid(json.faults);
  }
  if (!isObject(json.value)) {
    return invalid([{ pointer: '', text: 'must be a JSON object' }]);
  }
  return { ok: true, value: json.value };
}

export type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `data` without `operation` is an envelope that forgot its `specversion`. */
const isEnvelope = (value: JsonObject): boolean =>
  Object.hasOwn(value, 'specversion') ||
  (Object.hasOwn(value, 'data') && !Object.hasOwn(value, 'operation'));

const attribute = z.string().min(1).max(2_000);

/** Extension attributes are allowed and left alone, as CloudEvents wants it. */
const envelopeSchema = z.looseObject({
  id: attribute,
  source: attribute,
  type: attribute,
  subject: attribute.optional(),
  time: z.iso
    .datetime({ offset: true, error: 'must be a time such as 2026-01-31T12:00:00Z' })
    .optional(),
  datacontenttype: z
    .string()
    .regex(/^application\/(json|[a-z0-9.+-]+\+json)\s*(;.*)?$/i, 'must be application/json')
    .optional(),
  traceparent: attribute.optional(),
  data: z.record(z.string(), z.unknown(), { error: 'must be the request, a JSON object' }),
});

const traceContext = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

function parseEnvelope(value: JsonObject): ParsedMessage {
  const claimedId = isObject(value['data']) ? claimedIdOf(value['data']) : undefined;
  const { specversion } = value;
  if (specversion === undefined) {
    return invalid([{ pointer: '/specversion', text: 'is missing' }], claimedId);
  }
  if (specversion !== '1.0') {
    return refused(
      'UnsupportedVersion',
      `The message is refused: /specversion is ${echo(String(JSON.stringify(specversion)))}, but only "1.0" is known.`,
      claimedId,
    );
  }
  const parsed = envelopeSchema.safeParse(value, { error: describeIssue });
  if (!parsed.success) {
    return invalid(faultsOf(parsed.error, ''), claimedId);
  }
  const { id, source, type, subject, time, traceparent, data } = parsed.data;
  const envelope: Envelope = {
    id,
    source,
    type,
    ...(subject === undefined ? {} : { subject }),
    ...(time === undefined ? {} : { time }),
    ...(traceparent !== undefined && traceContext.test(traceparent) ? { traceparent } : {}),
  };
  return { ...parseRequest(data, '/data'), envelope };
}

/** A request or decision without an envelope. `place`: JSON pointer of it, for the words of a refusal. */
export function parseRequest(value: JsonObject, place = ''): ParsedMessage {
  const claimedId = claimedIdOf(value);
  const { version, ...request } = value;
  if (version !== undefined && version !== 1 && version !== '1') {
    return refused(
      'UnsupportedVersion',
      `The message is refused: ${place}/version is ${echo(String(JSON.stringify(version)))}, but only version 1 of requests is known.`,
      claimedId,
    );
  }
  const { operation } = request;
  if (typeof operation !== 'string') {
    const text = operation === undefined ? 'is missing' : 'must be a text';
    return invalid([{ pointer: `${place}/operation`, text: `${text} (${offer})` }], claimedId);
  }
  if (!isOffered(operation)) {
    return refused(
      'UnknownOperation',
      `The message is refused: ${place}/operation is '${echo(operation)}', which this version does not offer (${offer}).`,
      claimedId,
    );
  }
  const parsed = messageSchemas[operation].safeParse(request, { error: describeIssue });
  return parsed.success
    ? { ok: true, message: parsed.data }
    : invalid(faultsOf(parsed.error, place), claimedId);
}

const offer = `offered: ${Object.keys(messageSchemas).join(', ')}`;

const isOffered = (operation: string): operation is keyof typeof messageSchemas =>
  Object.hasOwn(messageSchemas, operation);

/** Messages about a request, which they name; their id is their own. */
const aboutRequests: ReadonlySet<unknown> = new Set(['decide', 'resume']);

function claimedIdOf(request: JsonObject): string | undefined {
  const parsed = requestIdSchema.safeParse(
    request[aboutRequests.has(request['operation']) ? 'request' : 'id'],
  );
  return parsed.success ? parsed.data : undefined;
}

/** Refuses what a schema does not take, in the words of every other refusal. */
export const refusedBySchema = (error: z.ZodError): RefusedMessage => invalid(faultsOf(error, ''));

const faultsOf = (error: z.ZodError, place: string): Fault[] =>
  error.issues.map((issue) => ({
    pointer: issue.path.reduce<string>(
      (pointer, key) => pointerTo(pointer, typeof key === 'symbol' ? '' : key),
      place,
    ),
    text: issue.message,
  }));

/** One sentence with all faults, as far as they fit. */
function invalid(faults: readonly Fault[], claimedId?: string): RefusedMessage {
  const told = faults.slice(0, limits.faultsTold);
  const rest = faults.length - told.length;
  const list = told.map(({ pointer, text }) => `${pointer === '' ? 'it' : pointer} ${text}`);
  return refused(
    'SchemaInvalid',
    `The message is refused: ${list.join('; ')}${rest > 0 ? `; and ${rest} more faults` : ''}.`,
    claimedId,
    { pointers: told.map(({ pointer }) => pointer).join(' ') },
  );
}

const refused = (
  code: RejectCode,
  message: string,
  claimedId?: string,
  details?: Record<string, string>,
): RefusedMessage => ({
  ok: false,
  error: vendingError(code, message, details === undefined ? {} : { details }),
  ...(claimedId === undefined ? {} : { claimedId }),
});
