import type { Clock } from '../clock.ts';
import { openDatabase } from '../database.ts';
import { AmqpServer } from './amqp/amqp-server.ts';
import { messageCodec } from './amqp/message-codec.ts';
import {
  type BrokerEntities,
  type BrokerSwitches,
  checkEntities,
  defaultBrokerSwitches,
} from './entities.ts';
import type { MessageCounts } from './message.ts';
import { MessageStore } from './message-store.ts';
import { Namespace } from './namespace.ts';
import { TurnTransaction } from './turn-transaction.ts';

export interface BrokerOptions {
  readonly clock: Clock;
  /** An SQLite file of the broker's own, or `:memory:`. */
  readonly databaseFile: string;
  /** 0 = any free one. */
  readonly port: number;
  readonly entities: BrokerEntities;
  /** Largest message and batch; default 256 KB, as in the Standard tier. */
  readonly maxMessageSizeBytes?: number;
  /** What clients must sign their tokens with; without it anything is good. */
  readonly sharedAccessKey?: string;
  readonly switches?: Partial<BrokerSwitches>;
  readonly log?: (line: string) => void;
  /** Called when messages can no longer be stored; default: the error ends the process. */
  readonly onFatal?: (error: Error) => void;
}

export interface Broker {
  readonly port: number;
  /** For the unmodified `@azure/service-bus` client. */
  readonly connectionString: string;
  /** How many messages a queue or `topic/Subscriptions/name` holds; a topic counts those that wait for their time. */
  counts(path: string): MessageCounts;
  /** Drops all connections. Everything acknowledged is in the file; the next start continues with it. */
  close(): Promise<void>;
}

function throwLater(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}

/**
 * Starts a Service Bus broker on the loopback interface.
 *
 * @throws when the port is taken, the file is unusable, or an entity asks for what the broker does not have.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  checkEntities(options.entities);
  const log = options.log ?? (() => {});
  const onFatal = options.onFatal ?? throwLater;
  const database = openDatabase(options.databaseFile);
  let stopServing = () => {};
  const transaction = new TurnTransaction(
    database,
    (error) => {
      log(error.message);
      stopServing();
      onFatal(error);
    },
    (error) => log(`After a commit: ${error instanceof Error ? error.stack : String(error)}`),
  );
  const store = new MessageStore(database, transaction);
  const switches = { ...defaultBrokerSwitches, ...options.switches };
  const parts = { store, clock: options.clock, codec: messageCodec, switches };
  const namespace = new Namespace(options.entities, parts);
  const { sharedAccessKey } = options;
  const maxMessageSizeBytes = options.maxMessageSizeBytes ?? 256 * 1024;
  const server = new AmqpServer({ namespace, store, maxMessageSizeBytes, log, sharedAccessKey });
  stopServing = () => {
    namespace.close();
    void server.close();
  };
  const close = async () => {
    namespace.close();
    transaction.commit();
    // The acknowledgements that waited for this commit go out first.
    await new Promise((resolve) => setImmediate(resolve));
    await server.close();
    // Links that went with their connections may have given messages back.
    transaction.commit();
    database.close();
  };
  let closing: Promise<void> | undefined;
  const port = await server.listen(options.port).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    port,
    connectionString: `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=local;SharedAccessKey=${sharedAccessKey ?? 'local'};UseDevelopmentEmulator=true;`,
    counts(path) {
      const entity = namespace.entity(path);
      return (entity.kind === 'topic' ? entity.topic.waiting : entity.queue).counts();
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}
