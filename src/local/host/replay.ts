import { functionOfType } from './durable/engine-context.ts';
import { eventTypes, type HistoryEvent, isScheduling } from './durable/history.ts';
import { type OrchestratorTurn, runOrchestrator } from './durable/orchestrator.ts';
import { azureTimerLimits } from './durable/timer-limits.ts';
import { decideTurn, type TurnDecision } from './durable/turn-decision.ts';
import { HostError } from './host-error.ts';
import { type LoadedApp, loadApp } from './loaded-app.ts';
import type { Settings } from './settings.ts';

export interface ReplayOptions {
  /** Absolute path of the built app; the loaded app itself saves time when many histories are replayed. */
  readonly appFile: string | LoadedApp;
  readonly orchestration: string;
  /** History of one execution, as `Host.durable` gives it. */
  readonly history: readonly HistoryEvent[];
  /** Overrides the recorded input. */
  readonly input?: unknown;
  readonly settings?: Settings;
}

export interface ReplayReport {
  readonly matches: boolean;
  /** How many turns the history holds. */
  readonly turns: number;
  /** What the code now does otherwise; empty when it matches. */
  readonly differences: readonly string[];
}

/** Ends of an execution; the SDK never sees them, they are what the last turn is compared with. */
const endings = new Set<number>([
  eventTypes.executionCompleted,
  eventTypes.executionTerminated,
  eventTypes.continueAsNew,
]);

/**
 * Replays a stored history with the current code: turn by turn, each on exactly what it saw then,
 * and once more in full. Every turn must schedule what it scheduled and end as it ended.
 *
 * @throws HostError when the history is none, or the app or orchestration cannot be found
 */
export async function replayHistory(options: ReplayOptions): Promise<ReplayReport> {
  Object.assign(process.env, options.settings);
  const { appFile } = options;
  const app = typeof appFile === 'string' ? loadApp(appFile, () => undefined) : appFile;
  return new Replay(app, options).run();
}

class Replay {
  readonly #app: LoadedApp;
  readonly #options: ReplayOptions;
  readonly #history: readonly HistoryEvent[];
  readonly #start: HistoryEvent;

  constructor(app: LoadedApp, options: ReplayOptions) {
    this.#app = app;
    this.#options = options;
    const start = options.history.find((e) => e.EventType === eventTypes.executionStarted);
    if (!start?.OrchestrationInstance) {
      throw new HostError(
        'bad-history',
        'The history has no start of an execution with its instance.',
        'Take it from host.durable.getHistory or getGenerations.',
      );
    }
    this.#start = start;
    const input = 'input' in options ? { Input: JSON.stringify(options.input ?? null) } : {};
    this.#history = options.history.map((event) =>
      event === start ? { ...event, ...input } : event,
    );
  }

  async run(): Promise<ReplayReport> {
    const turns = splitTurns(this.#history);
    const differences: string[] = [];
    const recordedBefore: HistoryEvent[] = [];
    for (const [index, turn] of turns.entries()) {
      const scheduling = turn.filter(isScheduling);
      const fresh = turn.filter((event) => !isScheduling(event) && !endings.has(event.EventType));
      const isLast = index === turns.length - 1;
      const decision = await this.#decide(recordedBefore, fresh);
      const difference =
        differenceInScheduling(decision, scheduling) ??
        differenceInEnd(decision, isLast ? this.#history : []);
      if (difference) {
        differences.push(`Turn ${index + 1}: ${difference}`);
      }
      recordedBefore.push(...turn.filter((event) => !endings.has(event.EventType)));
    }
    const full = await this.#decide(recordedBefore, []);
    const difference = differenceInScheduling(full, []) ?? differenceInEnd(full, this.#history);
    if (difference) {
      differences.push(`Whole history: ${difference}`);
    }
    return { matches: differences.length === 0, turns: turns.length, differences };
  }

  async #decide(
    stored: readonly HistoryEvent[],
    fresh: readonly HistoryEvent[],
  ): Promise<TurnDecision> {
    const { orchestration } = this.#options;
    const target = functionOfType(this.#app, orchestration, 'orchestrationTrigger');
    if (!target) {
      throw new HostError(
        'bad-history',
        `The app has no orchestration named "${orchestration}".`,
        'A released orchestration must stay registered as long as instances of it may run.',
      );
    }
    const turn: OrchestratorTurn = {
      instanceId: this.#start.OrchestrationInstance?.InstanceId ?? '',
      parentInstanceId: this.#start.ParentInstanceId ?? null,
      history: [
        ...stored.map((event) => ({ ...event, IsPlayed: true })),
        ...fresh.map((event) => ({ ...event, IsPlayed: false })),
      ],
      limits: azureTimerLimits,
    };
    return decideTurn({
      functionName: orchestration,
      executionId: this.#start.OrchestrationInstance?.ExecutionId ?? '',
      history: turn.history,
      answer: await runOrchestrator(this.#app, target, turn, () => undefined),
      limits: azureTimerLimits,
      functionExists: () => true,
    });
  }
}

/** Parts of a history that were committed together; what lies between turns goes to the next. */
function splitTurns(history: readonly HistoryEvent[]): HistoryEvent[][] {
  const turns: HistoryEvent[][] = [];
  let turn: HistoryEvent[] = [];
  for (const event of history) {
    if (endings.has(event.EventType)) {
      turns.at(-1)?.push(event);
      continue;
    }
    turn.push(event);
    if (event.EventType === eventTypes.orchestratorCompleted) {
      turns.push(turn);
      turn = [];
    }
  }
  return turns;
}

function differenceInScheduling(
  decision: TurnDecision,
  recorded: readonly HistoryEvent[],
): string | undefined {
  if (decision.nonDeterminism) {
    return decision.nonDeterminism;
  }
  const describe = (parts: readonly (string | null | undefined)[]) => JSON.stringify(parts);
  const now = decision.scheduled.map((c) =>
    describe([`${c.id}`, c.name, c.input, c.instanceId, c.fireAt]),
  );
  const then = recorded.map((e) =>
    describe([`${e.EventId}`, e.Name, e.Input, e.InstanceId, e.FireAt]),
  );
  return now.join() === then.join()
    ? undefined
    : `the history holds ${then.join(', ') || 'nothing new'}, the code now schedules ${now.join(', ') || 'nothing'}.`;
}

/** Compares how the last turn ended; an execution ended from outside leaves nothing to compare. */
function differenceInEnd(
  { outcome }: TurnDecision,
  history: readonly HistoryEvent[],
): string | undefined {
  const end = history.find((event) => endings.has(event.EventType));
  const then = recordedEnd(end);
  if (then === 'ended from outside') {
    return undefined;
  }
  const now =
    outcome.kind === 'running'
      ? 'running'
      : outcome.kind === 'completed'
        ? `completed with ${outcome.output}`
        : outcome.kind === 'failed'
          ? `failed with ${JSON.stringify(outcome.message)}`
          : `continued as new with ${outcome.input}`;
  return now === then ? undefined : `it ended as ${then}, now it is ${now}.`;
}

function recordedEnd(end: HistoryEvent | undefined): string {
  switch (end?.EventType) {
    case undefined:
      return 'running';
    case eventTypes.continueAsNew:
      return `continued as new with ${end.Input}`;
    case eventTypes.executionCompleted:
      return end.OrchestrationStatus === 'Failed'
        ? `failed with ${end.Result}`
        : `completed with ${end.Result}`;
    default:
      return 'ended from outside';
  }
}
