import rhea from 'rhea';
import { BrokerError, type BrokerErrorCode, toBrokerError } from '../broker-error.ts';
import type { Delivery, PropertyChanges } from '../message.ts';
import type { MessageQueue } from '../message-queue.ts';
import type { MessageStore } from '../message-store.ts';
import type { Namespace } from '../namespace.ts';
import { tokenToUuid, uuidToToken } from './lock-token.ts';
import { encodeForReceiver, readMessage } from './message-codec.ts';
import type { NodeRequest } from './request-response.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Answer {
  readonly statusCode: number;
  readonly body: unknown;
}

const statusCodes: Partial<Record<BrokerErrorCode, number>> = {
  'com.microsoft:message-lock-lost': 410,
  'com.microsoft:message-not-found': 404,
  'amqp:not-found': 404,
  'amqp:not-allowed': 400,
  'amqp:decode-error': 400,
  'amqp:link:message-size-exceeded': 400,
  'amqp:not-implemented': 501,
};

const longCode = 0x81;
const timestampCode = 0x83;

function badRequest(field: string, wanted: string): BrokerError {
  return new BrokerError('amqp:not-allowed', `The request's '${field}' has to be ${wanted}.`);
}

/** Numbers above 2^53 arrive as bytes; no sequence number of this broker gets there. */
function numberField(fields: Fields, name: string): number {
  const value = fields[name];
  if (Buffer.isBuffer(value)) return Number(value.readBigInt64BE());
  if (typeof value !== 'number') throw badRequest(name, 'a number');
  return value;
}

function listField(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw badRequest(name, 'a list');
  return value;
}

function sequenceNumbers(fields: Fields): number[] {
  const name = 'sequence-numbers';
  return listField(fields, name).map((value) => numberField({ [name]: value }, name));
}

function lockTokens(fields: Fields): string[] {
  return listField(fields, 'lock-tokens').map((value) => {
    if (!Buffer.isBuffer(value)) throw badRequest('lock-tokens', 'a list of uuids');
    return uuidToToken(value);
  });
}

function refuseSessions(fields: Fields): void {
  if (typeof fields['session-id'] === 'string') {
    throw new BrokerError(
      'amqp:not-implemented',
      'The local broker has no message sessions: leave the session id out.',
    );
  }
}

function ok(body: unknown = {}): Answer {
  return { statusCode: 200, body };
}

function deferredMessage({ message, lock }: Delivery): Fields {
  const encoded = encodeForReceiver(message, lock?.until);
  const token = lock ? { 'lock-token': rhea.types.wrap_uuid(tokenToUuid(lock.token)) } : {};
  return { ...token, message: encoded };
}

function peekMessages(queue: MessageQueue, fields: Fields): Answer {
  const found = queue.peek(
    numberField(fields, 'from-sequence-number'),
    numberField(fields, 'message-count'),
  );
  if (found.length === 0) return { statusCode: 204, body: {} };
  const messages = found.map((message) => ({ message: encodeForReceiver(message, undefined) }));
  return ok({ messages });
}

function updateDisposition(queue: MessageQueue, fields: Fields): Answer {
  const changes = (fields['properties-to-modify'] ?? {}) as PropertyChanges;
  const deadLetterProperties = {
    ...changes,
    ...(fields['deadletter-reason'] ? { DeadLetterReason: fields['deadletter-reason'] } : {}),
    ...(fields['deadletter-description']
      ? { DeadLetterErrorDescription: fields['deadletter-description'] }
      : {}),
  };
  const actions: Readonly<Record<string, (token: string) => void>> = {
    completed: (token) => queue.complete(token),
    abandoned: (token) => queue.abandon(token, changes),
    defered: (token) => queue.defer(token, changes),
    suspended: (token) => queue.deadLetter(token, deadLetterProperties),
  };
  const action = actions[String(fields['disposition-status'])];
  if (!action) throw badRequest('disposition-status', `one of ${Object.keys(actions).join(', ')}`);
  for (const token of lockTokens(fields)) action(token);
  return ok();
}

function receiveBySequenceNumber(queue: MessageQueue, fields: Fields): Answer {
  const deletes = numberField(fields, 'receiver-settle-mode') === 0;
  return ok({
    messages: queue.receiveDeferred(sequenceNumbers(fields), deletes).map(deferredMessage),
  });
}

/** The operations of `$management` (service-bus 5). */
export class Management {
  readonly #namespace: Namespace;
  readonly #store: MessageStore;
  readonly #maxMessageSizeBytes: number;
  readonly #log: (line: string) => void;

  constructor(options: {
    readonly namespace: Namespace;
    readonly store: MessageStore;
    readonly maxMessageSizeBytes: number;
    readonly log: (line: string) => void;
  }) {
    this.#namespace = options.namespace;
    this.#store = options.store;
    this.#maxMessageSizeBytes = options.maxMessageSizeBytes;
    this.#log = options.log;
  }

  /** Carries a request out; the answer is given once its effect is stored. */
  handle(
    path: string,
    request: NodeRequest,
    answer: (properties: Fields, body: unknown) => void,
  ): void {
    try {
      const { statusCode, body } = this.#run(path, request);
      this.#store.afterCommit(() =>
        answer({ statusCode: rhea.types.wrap_int(statusCode), statusDescription: 'OK' }, body),
      );
    } catch (error) {
      const { code, message } = toBrokerError(error);
      this.#log(`${request.properties['operation']} on '${path}' failed: ${message}`);
      const properties = {
        statusCode: rhea.types.wrap_int(statusCodes[code] ?? 500),
        statusDescription: message,
        errorCondition: rhea.types.wrap_symbol(code),
      };
      answer(properties, {});
    }
  }

  #run(path: string, request: NodeRequest): Answer {
    const fields = (request.body ?? {}) as Fields;
    const operation = String(request.properties['operation']).replace(/^com\.microsoft:/, '');
    refuseSessions(fields);
    switch (operation) {
      case 'schedule-message':
        return this.#schedule(path, fields);
      case 'cancel-scheduled-message':
        this.#namespace.destination(path).cancelScheduled(sequenceNumbers(fields));
        return ok();
      case 'peek-message':
        return peekMessages(this.#peekable(path), fields);
      case 'renew-lock': {
        const queue = this.#namespace.queue(path);
        const until = lockTokens(fields).map((token) => queue.renew(token));
        return ok({ expirations: rhea.types.wrap_array(until, timestampCode, undefined) });
      }
      case 'receive-by-sequence-number':
        return receiveBySequenceNumber(this.#namespace.queue(path), fields);
      case 'update-disposition':
        return updateDisposition(this.#namespace.queue(path), fields);
      default:
        throw new BrokerError(
          'amqp:not-implemented',
          `The local broker does not have the operation '${operation}'.`,
        );
    }
  }

  /** On a topic the messages that wait for their scheduled time can be seen. */
  #peekable(path: string): MessageQueue {
    const entity = this.#namespace.entity(path);
    return entity.kind === 'topic' ? entity.topic.waiting : entity.queue;
  }

  #schedule(path: string, fields: Fields): Answer {
    const messages = listField(fields, 'messages').map((item) => {
      const content = (item as Fields)['message'];
      if (!Buffer.isBuffer(content)) throw badRequest('messages', 'a list of encoded messages');
      if (content.length > this.#maxMessageSizeBytes) {
        throw new BrokerError(
          'amqp:link:message-size-exceeded',
          `A message has ${content.length} bytes; the limit is ${this.#maxMessageSizeBytes}.`,
        );
      }
      return readMessage(Buffer.from(content));
    });
    const numbers = this.#namespace.destination(path).send(messages);
    return ok({ 'sequence-numbers': rhea.types.wrap_array(numbers, longCode, undefined) });
  }
}
