import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { eventTypes, type HistoryEvent } from '../../src/local/host/durable/history.ts';
import type { DurableManagement } from '../../src/local/host/durable/management.ts';

/** All executions of one instance, oldest first. */
export interface RecordedInstance {
  readonly instanceId: string;
  readonly orchestration: string;
  readonly generations: readonly (readonly HistoryEvent[])[];
}

/** The instances of one run of the workflow: itself, then what it called. */
export interface RecordedRun {
  readonly scenario: string;
  readonly instances: readonly RecordedInstance[];
}

export const historiesFolder = join(import.meta.dirname, 'histories');

export function recordRun(
  durable: DurableManagement,
  scenario: string,
  instanceId: string,
): RecordedRun {
  return { scenario, instances: recordInstance(durable, instanceId) };
}

function recordInstance(durable: DurableManagement, instanceId: string): RecordedInstance[] {
  const orchestration = durable.getStatus(instanceId)?.name;
  if (orchestration === undefined) throw new Error(`There is no instance ${instanceId}.`);
  const generations = durable.getGenerations(instanceId).map(({ history }) => history);
  const called = generations
    .flat()
    .filter((event) => event.EventType === eventTypes.subOrchestrationCreated)
    .flatMap((event) => recordInstance(durable, event.InstanceId ?? ''));
  return [{ instanceId, orchestration, generations }, ...called];
}

/** The histories that are kept, by name of the scenario. */
export function readRecordedRuns(): readonly RecordedRun[] {
  return readdirSync(historiesFolder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => basename(file, '.json'))
    .sort()
    .map((scenario) => {
      const text = readFileSync(join(historiesFolder, `${scenario}.json`), 'utf8');
      return { scenario, instances: JSON.parse(text) as RecordedInstance[] };
    });
}

/** One event a line, so that a difference between two recordings can be read. */
export function formatRun({ instances }: RecordedRun): string {
  const parts = instances.map(({ instanceId, orchestration, generations }) => {
    const histories = generations.map(
      (history) => `      [\n${history.map(lineOf).join(',\n')}\n      ]`,
    );
    return [
      '  {',
      `    "instanceId": ${JSON.stringify(instanceId)},`,
      `    "orchestration": ${JSON.stringify(orchestration)},`,
      `    "generations": [\n${histories.join(',\n')}\n    ]`,
      '  }',
    ].join('\n');
  });
  return `[\n${parts.join(',\n')}\n]\n`;
}

const lineOf = (event: HistoryEvent): string => `        ${JSON.stringify(event)}`;
