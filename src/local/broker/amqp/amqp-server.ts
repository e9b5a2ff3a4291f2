import { createServer, type Socket } from 'node:net';
import rhea, {
  type Connection,
  type Container,
  type Delivery,
  type EventContext,
  type link,
  type Receiver,
  type Sender,
  type Session,
} from 'rhea';
import { BrokerError, toBrokerError } from '../broker-error.ts';
import type { MessageStore } from '../message-store.ts';
import type { Namespace } from '../namespace.ts';
import { putToken } from './cbs.ts';
import { serveIncomingLink } from './incoming-link.ts';
import { Management } from './management.ts';
import { OutgoingLink } from './outgoing-link.ts';
import { AnswerLinks, decodeRequest, type NodeRequest } from './request-response.ts';
import { answerAttach, receiveUndecoded, serveSocket } from './rhea-internals.ts';

export interface AmqpServerOptions {
  readonly namespace: Namespace;
  readonly store: MessageStore;
  readonly maxMessageSizeBytes: number;
  readonly log: (line: string) => void;
  /** With it, only connections that show a token signed with it may open links. */
  readonly sharedAccessKey: string | undefined;
}

const cbsAddress = '$cbs';
const managementSuffix = '/$management';
const sessionFilter = 'com.microsoft:session-filter';
const errorEvents = [
  'connection_error',
  'session_error',
  'sender_error',
  'receiver_error',
  'protocol_error',
  'error',
];

/** The path of the entity whose management node an address names. */
function managedPath(address: string): string | undefined {
  return address.toLowerCase().endsWith(managementSuffix)
    ? address.slice(0, -managementSuffix.length)
    : undefined;
}

/** The only SASL mechanism that Microsoft's client for .NET, and with it the Functions host, knows: tokens come by `$cbs`. */
const tokensLater = 'MSSBCBS';

function letIn(this: { outcome?: boolean; username?: string }): void {
  this.outcome = true;
  this.username = 'anonymous';
}

/** AMQP 1.0 for the Service Bus client: connections, and what kind of node each link wants. */
export class AmqpServer {
  readonly #options: AmqpServerOptions;
  readonly #management: Management;
  readonly #answers = new AnswerLinks();
  readonly #sockets = new Set<Socket>();
  /** Connections that have shown a token. */
  readonly #admitted = new WeakSet<Connection>();
  /** Receivers of clients, to be removed when their connection goes without a word. */
  readonly #outgoing = new Map<Connection, Map<Sender, OutgoingLink>>();
  readonly #server;
  #isClosing = false;

  constructor(options: AmqpServerOptions) {
    this.#options = options;
    this.#management = new Management(options);
    const container = this.#createContainer();
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      serveSocket(container, socket);
    });
  }

  /** @returns the port; listens on the loopback interface only. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, host: '127.0.0.1' }, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  /** Drops all connections; clients take that for a lost connection and come back. */
  close(): Promise<void> {
    this.#isClosing = true;
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy(new Error('The broker is stopping.'));
    });
  }

  #createContainer(): Container {
    const container = rhea.create_container({ id: 'vnet-vending-broker' });
    container.sasl_server_mechanisms.enable_anonymous();
    container.sasl_server_mechanisms[tokensLater] = () => ({ start: letIn });
    container.on('session_open', ({ session }: EventContext) => {
      if (session) receiveUndecoded(session);
    });
    container.on('sender_open', ({ sender }: EventContext) => {
      if (sender) this.#openLink(sender, () => this.#openSender(sender));
    });
    container.on('receiver_open', ({ receiver }: EventContext) => {
      if (receiver) this.#openLink(receiver, () => this.#openReceiver(receiver));
    });
    container.on('sender_close', ({ sender }: EventContext) => {
      if (sender) this.#removeOutgoing(sender.connection, (one) => one === sender);
    });
    container.on('session_close', ({ session, connection }: EventContext) =>
      this.#removeOutgoing(connection, (one) => one.session === session),
    );
    for (const event of ['connection_close', 'disconnected']) {
      container.on(event, ({ connection }: EventContext) =>
        this.#removeOutgoing(connection, () => true),
      );
    }
    for (const event of errorEvents) {
      container.on(event, (problem: unknown) => this.#logProblem(event, problem));
    }
    return container;
  }

  /** Still attaches a refused link, and detaches it with the reason in a later turn (service-bus 4.1). */
  #openLink(opened: link, open: () => void): void {
    try {
      answerAttach(opened, this.#options.maxMessageSizeBytes);
      this.#checkAdmission(opened);
      open();
    } catch (error) {
      const { code, message } = toBrokerError(error);
      this.#options.log(`A link was refused: ${message}`);
      setImmediate(() => opened.close({ condition: code, description: message }));
    }
  }

  /** The node that takes tokens is open to everybody. */
  #checkAdmission({ connection, source, target }: link): void {
    if (this.#options.sharedAccessKey === undefined || this.#admitted.has(connection)) return;
    if (source?.address === cbsAddress || target?.address === cbsAddress) return;
    throw new BrokerError(
      'amqp:unauthorized-access',
      'The connection has shown no token that is signed with the key of this broker.',
    );
  }

  /** The client wants to receive. */
  #openSender(sender: Sender): void {
    const address = String(sender.source?.address ?? '');
    const managed = managedPath(address);
    if (address === cbsAddress || managed !== undefined) {
      if (managed !== undefined) this.#options.namespace.entity(managed);
      this.#answers.add(sender);
      return;
    }
    const { namespace, store, log } = this.#options;
    const queue = namespace.queue(address);
    if (sessionFilter in (sender.source?.filter ?? {})) {
      throw new BrokerError(
        'amqp:not-allowed',
        `'${address}' has no message sessions: the local broker does not support them.`,
      );
    }
    const outgoing = new OutgoingLink(sender, queue, store, log);
    const ofConnection = this.#outgoing.get(sender.connection) ?? new Map<Sender, OutgoingLink>();
    this.#outgoing.set(sender.connection, ofConnection.set(sender, outgoing));
  }

  /** The client wants to send. */
  #openReceiver(receiver: Receiver): void {
    const address = String(receiver.target?.address ?? '');
    const { namespace, store, maxMessageSizeBytes, log } = this.#options;
    if (address === cbsAddress) {
      const { sharedAccessKey } = this.#options;
      this.#serveRequests(receiver, (request, session) => {
        const isGood = putToken(namespace, this.#answers, session, request, sharedAccessKey);
        if (isGood) this.#admitted.add(receiver.connection);
      });
      return;
    }
    const managed = managedPath(address);
    if (managed === undefined) {
      const destination = namespace.destination(address);
      serveIncomingLink(receiver, { destination, store, maxMessageSizeBytes, log });
      return;
    }
    namespace.entity(managed);
    this.#serveRequests(receiver, (request, session) =>
      this.#management.handle(managed, request, (properties, body) =>
        this.#answers.answer(session, request, properties, body),
      ),
    );
  }

  #serveRequests(
    receiver: Receiver,
    handle: (request: NodeRequest, session: Session) => void,
  ): void {
    receiver.on('message', (context: EventContext) => {
      const delivery = context.delivery as Delivery;
      try {
        handle(decodeRequest(context.message as unknown as Buffer), receiver.session);
        delivery.accept();
      } catch (error) {
        const { code, message } = toBrokerError(error);
        this.#options.log(`A request could not be handled: ${message}`);
        delivery.reject({ condition: code, description: message });
      }
    });
  }

  #removeOutgoing(connection: Connection, isGone: (sender: Sender) => boolean): void {
    const ofConnection = this.#outgoing.get(connection);
    for (const [sender, outgoing] of ofConnection ?? []) {
      if (!isGone(sender)) continue;
      outgoing.close();
      ofConnection?.delete(sender);
    }
    if (ofConnection?.size === 0) this.#outgoing.delete(connection);
  }

  #logProblem(event: string, problem: unknown): void {
    if (this.#isClosing) return;
    const { error, connection, session, sender, receiver } = problem as Partial<EventContext>;
    const cause =
      problem instanceof Error
        ? problem
        : (error ?? receiver?.error ?? sender?.error ?? session?.error ?? connection?.error);
    this.#options.log(
      `AMQP ${event}: ${cause instanceof Error ? cause.message : JSON.stringify(cause)}`,
    );
  }
}
