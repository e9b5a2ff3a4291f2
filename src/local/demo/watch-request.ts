import { setTimeout as sleep } from 'node:timers/promises';
import { Listr, PRESET_TIMER } from 'listr2';
import type { Ledger, RequestRecord, TimelineEntry } from '../../ledger/ledger.ts';
import { isEndState } from '../../model/states.ts';

const lookEveryMs = 40;

type Story = readonly (readonly [step: string, title: string])[];

const begin: Story = [
  ['planning', 'Accept the message, claim its id in the ledger'],
  ['plan', 'Check every prerequisite in both tenants'],
];
const claim: Story = [
  ['claim', 'Claim the VNet for this request alone'],
  ['re-check', 'Check again what may have changed'],
];
const report: Story = [['report', 'Record and publish the result']];

/** The steps that a person wants to see, in order, by their name in the timeline. */
export const stories = {
  allocate: [
    ...begin,
    ...claim,
    ['deploy', 'Deploy the VNet with the tokens of both tenants'],
    ['track', "Follow Azure's operation"],
    ['await-prefix', 'Wait until VNet and pool agree on the prefix'],
    ...report,
  ],
  associate: [
    ...begin,
    ['decide', 'Wait for an approval'],
    ...claim,
    ['associate', 'Write the whole VNet back, with the association added'],
    ['await-association', 'Wait until VNet and pool agree on the association'],
    ...report,
  ],
  disassociate: [
    ...begin,
    ['decide', 'Wait for an approval'],
    ...claim,
    ['disassociate', 'Write the whole VNet back, without the association'],
    ['confirm-removal', 'Verify in both tenants that the association is gone'],
    ...report,
  ],
  delete: [
    ...begin,
    ['decide', 'Wait for an approval'],
    ...claim,
    ['remove', 'Delete the VNet with the tokens of both tenants'],
    ['confirm-removal', 'Verify in both tenants that nothing is left'],
    ...report,
  ],
} as const satisfies Record<string, Story>;

const listrOptions = {
  concurrent: false,
  rendererOptions: { timer: PRESET_TIMER, collapseSkips: false },
  fallbackRenderer: 'simple',
  fallbackRendererOptions: { timer: PRESET_TIMER },
} as const;

/** Steps whose timeline entry says more than their title here. */
const tellsMore: ReadonlySet<string> = new Set([
  'plan',
  'decide',
  'deploy',
  'await-prefix',
  'await-association',
  'confirm-removal',
]);

/** Shows the steps of a request while they happen; plain lines when the output is no terminal. */
export async function watchRequest(
  ledger: Ledger,
  id: string,
  story: Story = stories.allocate,
): Promise<RequestRecord> {
  const tasks = story.map(([step, title]) => ({
    title,
    task: async (_: unknown, task: { title: string; skip(message: string): void }) => {
      const entry = await waitForStep(ledger, id, step);
      if (!entry) task.skip('not reached');
      else if (entry.status === 'failed') throw new Error(entry.message);
      else task.title = tellsMore.has(step) ? `${title}: ${entry.message}` : title;
    },
  }));
  await new Listr(tasks, { ...listrOptions, exitOnError: false }).run();
  return await waitForEnd(ledger, id);
}

/** Shows that something is waited for; answers what came of it. */
export async function showWaiting<T>(title: string, run: () => Promise<T>): Promise<T> {
  const context: { result?: T } = {};
  await new Listr<typeof context>(
    [
      {
        title,
        task: async (shared) => {
          shared.result = await run();
        },
      },
    ],
    listrOptions,
  ).run(context);
  return context.result as T;
}

/** The request once it has ended. */
export async function waitForEnd(ledger: Ledger, id: string): Promise<RequestRecord> {
  for (;;) {
    const record = await ledger.getRequest(id);
    if (record && isEndState(record.state)) return record;
    await sleep(lookEveryMs);
  }
}

/** The entry that tells the end of a step; undefined when the request ended without it. */
async function waitForStep(
  ledger: Ledger,
  id: string,
  step: string,
): Promise<TimelineEntry | undefined> {
  for (;;) {
    const record = await ledger.getRequest(id);
    const timeline = await ledger.listTimeline(id);
    const entry = timeline.find((one) => one.step === step && one.status !== 'waiting');
    if (entry || (record && isEndState(record.state))) return entry;
    await sleep(lookEveryMs);
  }
}
