import type { Socket } from 'node:net';
import rhea, {
  type Connection,
  type Container,
  type Delivery,
  type link,
  type Sender,
  type Session,
} from 'rhea';

/*
 * Everything that the broker uses of rhea beyond its documented interface, with the trap it cures (R numbers:
 * service-bus 10). rhea is pinned to an exact version; test/local/broker guards an upgrade.
 */

interface RheaLink {
  local: { attach: Record<string, unknown> };
  delivery_count: number;
  credit: number;
  issue_flow: boolean;
  _draining: boolean;
  _get_drain(): boolean;
}

interface RheaTransfer {
  performative: { message_format: number | undefined };
}

interface RheaSession {
  incoming: { on_transfer(frame: RheaTransfer, receiver: unknown): void };
  outgoing: { available(): number };
}

interface RheaConnection {
  accept(socket: Socket): void;
  _register(): void;
  _write_frame(): void;
}

interface RheaDelivery {
  format: number;
  remote_settled: boolean;
  remote_state?: { value?: readonly unknown[] };
}

interface RheaTerminus {
  value: unknown[];
  filter?: unknown;
  described(): unknown;
}

interface RheaMessages {
  accepted(): { described(): unknown };
  rejected(fields: { error?: AmqpCondition }): { described(): unknown };
  modified(fields: { undeliverable_here: boolean }): { described(): unknown };
}

interface RheaWriter {
  write(value: unknown): void;
  toBuffer(): Buffer;
}

export interface AmqpCondition {
  readonly condition: string;
  readonly description: string;
}

const messages = rhea.message as unknown as RheaMessages;
const Writer = (rhea.types as unknown as { Writer: new () => RheaWriter }).Writer;

/** Stands for message format 0, so that rhea hands over the bytes instead of decoding them (R5). */
const undecodedFormat = 0x7f_ff_ff_00;

/** The format of a batch (service-bus 4.2). */
export const batchFormat = 0x80_01_37_00;

export const outcomes = {
  accepted: () => messages.accepted().described(),
  rejected: (error?: AmqpCondition) => messages.rejected(error ? { error } : {}).described(),
  modified: (undeliverableHere: boolean) =>
    messages.modified({ undeliverable_here: undeliverableHere }).described(),
};

/** One value in AMQP's encoding, of the type that rhea chooses for it. */
export function encodeValue(value: unknown): Buffer {
  const writer = new Writer();
  writer.write(rhea.types.wrap(value));
  return Buffer.from(writer.toBuffer());
}

/** Serves AMQP on a socket that a server has accepted. */
export function serveSocket(container: Container, socket: Socket): Connection {
  const connection = container.create_connection({
    reconnect: false,
    autoaccept: false,
    treat_modified_as_released: false, // R7
    session_buffer_size: { outgoing: 65_536, incoming: 2_048 }, // R1, R9
    receiver_options: { autoaccept: false, credit_window: 1_000 },
    sender_options: { treat_modified_as_released: false },
  } as never);
  const internals = connection as unknown as RheaConnection;
  internals.accept(socket);
  answerEveryChunk(connection, socket);
  return connection;
}

/**
 * The client leaves Nagle's algorithm on: its second small packet waits until the first is acknowledged, and
 * an acknowledgement without data is delayed by 40 ms. So every chunk of input gets some output (R4).
 */
function answerEveryChunk(connection: Connection, socket: Socket): void {
  socket.on('data', () => {
    const before = socket.bytesWritten;
    setImmediate(() => {
      if (socket.bytesWritten === before && connection.is_open() && socket.writable) {
        (connection as unknown as RheaConnection)._write_frame();
      }
    });
  });
}

/** From now on the session's messages arrive as bytes, whatever their format (R5). */
export function receiveUndecoded(session: Session): void {
  const { incoming } = session as unknown as RheaSession;
  const original = incoming.on_transfer.bind(incoming);
  incoming.on_transfer = (frame, receiver) => {
    if (!frame.performative.message_format) frame.performative.message_format = undecodedFormat;
    original(frame, receiver);
  };
}

export function isBatch(delivery: Delivery): boolean {
  return (delivery as unknown as RheaDelivery).format === batchFormat;
}

/** Completes the answer to an attach, which goes out at the end of this turn. */
export function answerAttach(answered: link, maxMessageSize?: number): void {
  const { attach } = (answered as unknown as RheaLink).local;
  attach['snd_settle_mode'] = answered.snd_settle_mode;
  attach['rcv_settle_mode'] = answered.rcv_settle_mode;
  if (maxMessageSize !== undefined) attach['max_message_size'] = maxMessageSize;
  attach['source'] = answeredTerminus(answered.source);
  attach['target'] = answeredTerminus(answered.target);
}

/**
 * A terminus as the other end sent it; a copy by `set_source` would lose types. The answer names the filters
 * that are applied, which is none: a client that asks for a message session learns so from their absence.
 */
function answeredTerminus(terminus: unknown): unknown {
  if (!terminus) return undefined;
  const sent = terminus as RheaTerminus;
  const answer: RheaTerminus = Object.create(Object.getPrototypeOf(sent));
  answer.value = [...sent.value];
  if (answer.filter) answer.filter = undefined;
  return answer.described();
}

/** Settles a delivery and frees its place in rhea's buffer, which the client alone would never do (R1). */
export function settle(delivery: Delivery, outcome: unknown): void {
  delivery.update(true, outcome);
  (delivery as unknown as RheaDelivery).remote_settled = true;
}

/** Up to which delivery count the receiver at the other end has given credit (R2). */
export function creditLimit(sender: Sender): number {
  const { delivery_count, credit } = sender as unknown as RheaLink;
  return delivery_count + credit;
}

export function isDraining(sender: Sender): boolean {
  return (sender as unknown as RheaLink)._draining;
}

/** How many more deliveries rhea can keep for a session until some are settled (R2). */
export function freeDeliveries(sender: Sender): number {
  return (sender.session as unknown as RheaSession).outgoing.available();
}

/** Gives the remaining credit back and says so, also when there is none left (R3). */
export function finishDrain(sender: Sender): void {
  const internals = sender as unknown as RheaLink;
  const original = internals._get_drain;
  internals.delivery_count += internals.credit;
  internals.credit = 0;
  internals._draining = false;
  internals._get_drain = () => {
    internals._get_drain = original;
    return true;
  };
  internals.issue_flow = true;
  (sender.connection as unknown as RheaConnection)._register();
}
