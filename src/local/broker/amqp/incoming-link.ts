import type { Delivery, EventContext, Receiver } from 'rhea';
import { BrokerError, toBrokerError } from '../broker-error.ts';
import type { MessageQueue } from '../message-queue.ts';
import type { MessageStore } from '../message-store.ts';
import type { Topic } from '../topic.ts';
import { readMessage, splitBatch } from './message-codec.ts';
import { isBatch } from './rhea-internals.ts';

interface IncomingLinkOptions {
  readonly destination: MessageQueue | Topic;
  readonly store: MessageStore;
  readonly maxMessageSizeBytes: number;
  readonly log: (line: string) => void;
}

/** Takes in what a client sends on one link. A batch is stored whole or not at all. */
export function serveIncomingLink(receiver: Receiver, options: IncomingLinkOptions): void {
  const { destination, store, maxMessageSizeBytes, log } = options;
  const take = (delivery: Delivery, content: Buffer | undefined) => {
    if (content === undefined) {
      throw new BrokerError('amqp:decode-error', 'This is no AMQP message: it has no byte.');
    }
    if (content.length > maxMessageSizeBytes) {
      throw new BrokerError(
        'amqp:link:message-size-exceeded',
        `The message has ${content.length} bytes; '${destination.path}' takes at most ${maxMessageSizeBytes}.`,
      );
    }
    const messages = isBatch(delivery)
      ? splitBatch(content).map(readMessage)
      : [readMessage(Buffer.from(content))];
    destination.send(messages);
    store.afterCommit(() => {
      if (receiver.session.is_open()) delivery.accept();
    });
  };
  receiver.on('message', (context: EventContext) => {
    const delivery = context.delivery as Delivery;
    try {
      take(delivery, context.message as unknown as Buffer | undefined);
    } catch (error) {
      const { code, message } = toBrokerError(error);
      log(`A message to '${destination.path}' was refused: ${message}`);
      delivery.reject({ condition: code, description: message });
    }
  });
}
