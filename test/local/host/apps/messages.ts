import { app } from '@azure/functions';
import * as df from 'durable-functions';

/** What reached the functions, and what holds them up; the tests look at both. */
export interface MessageLab {
  received: { message: unknown; metadata: Record<string, unknown> }[];
  running: number;
  mostRunning: number;
  gate: Promise<void> | undefined;
}

const shared = globalThis as { messageLab?: MessageLab };
shared.messageLab ??= { received: [], running: 0, mostRunning: 0, gate: undefined };
const lab = shared.messageLab;

df.app.activity('note', { handler: (input: unknown) => input });
df.app.orchestration('work', function* (context) {
  return yield context.df.callActivity('note', context.df.getInput());
});

df.app.client.serviceBusQueue('receive', {
  queueName: '%QUEUE%',
  connection: 'BUS',
  handler: async (message, client, context) => {
    lab.received.push({ message, metadata: context.triggerMetadata ?? {} });
    lab.running++;
    lab.mostRunning = Math.max(lab.mostRunning, lab.running);
    await lab.gate;
    lab.running--;
    const { fail, start } = (message ?? {}) as { fail?: boolean; start?: string };
    if (fail) {
      throw new Error('cannot take this');
    }
    if (start) {
      await client.startNew('work', { instanceId: start, input: message });
    }
  },
});

app.serviceBusTopic('listen', {
  topicName: 'news',
  subscriptionName: 'all',
  connection: 'BUS',
  handler: (message, context) => {
    lab.received.push({ message, metadata: context.triggerMetadata ?? {} });
  },
});
