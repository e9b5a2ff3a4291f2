import { ActionReplay, type Command, type TimerLimits } from './action-replay.ts';
import { eventTypes, type HistoryEvent, isScheduling } from './history.ts';
import type { OrchestratorAnswer } from './orchestrator.ts';

export type TurnOutcome =
  | { readonly kind: 'running' }
  | { readonly kind: 'completed'; readonly output: string }
  | { readonly kind: 'failed'; readonly message: string; readonly details: string }
  | { readonly kind: 'continuedAsNew'; readonly input: string | null };

/** What a turn came to. */
export interface TurnDecision {
  readonly outcome: TurnOutcome;
  /** Scheduled in this turn, by id. */
  readonly scheduled: readonly Command[];
  /** Ids of all timers cancelled so far. */
  readonly cancelledTimers: readonly number[];
  /** JSON text, when the orchestration set one. */
  readonly customStatus?: string;
  /** How many open tasks hold up an orchestration that has ended by itself. */
  readonly heldUpBy?: number;
  /** Set when the answer contradicts the history: the code is not deterministic, or has changed. */
  readonly nonDeterminism?: string;
}

export interface DecisionInput {
  readonly functionName: string;
  readonly executionId: string;
  /** Stored history and this turn's events. */
  readonly history: readonly HistoryEvent[];
  readonly answer: OrchestratorAnswer;
  readonly limits: TimerLimits;
  readonly functionExists: (command: Command) => boolean;
}

/** Compares an orchestrator's answer with its history and says what follows. */
export function decideTurn(input: DecisionInput): TurnDecision {
  const { answer } = input;
  if (!answer.state) {
    return failed(input, answer.failure?.message ?? '', answer.failure?.details ?? '');
  }
  const actions = answer.state.actions[0] ?? [];
  const replay = new ActionReplay(actions, input.executionId, input.limits);
  try {
    replay.run(input.history);
  } catch (error) {
    return failed(input, error instanceof Error ? error.message : String(error), '');
  }
  const recorded = new Map(
    input.history.filter(isScheduling).map((event) => [event.EventId, event]),
  );
  const difference =
    firstDifference(replay.commands, recorded) ??
    (answer.state.isDone || answer.failure ? undefined : idDrift(replay, answer.idsUsed));
  if (difference) {
    return { ...failed(input, nonDeterminism(difference), ''), nonDeterminism: difference };
  }
  const scheduled = replay.commands.filter((command) => !recorded.has(command.id));
  const missing = scheduled.find((command) => !input.functionExists(command));
  if (missing) {
    return failed(input, `there is no ${missing.kind} function named '${missing.name}'.`, '');
  }
  const outcome = outcomeOf(input, replay);
  const hasEnded = answer.state.isDone || answer.failure !== undefined;
  return {
    outcome,
    ...(hasEnded && outcome.kind === 'running' ? { heldUpBy: replay.openTasks } : {}),
    scheduled,
    cancelledTimers: replay.commands.filter((c) => c.cancelled).map((c) => c.id),
    ...(answer.state.customStatus === undefined
      ? {}
      : { customStatus: JSON.stringify(answer.state.customStatus) }),
  };
}

/**
 * An orchestration ends (returns, throws or continues as new) only when nothing that it scheduled is
 * open any more: a timer or activity that lost a race holds it up, unless the timer is cancelled.
 * The Durable Task Framework does the same, see `TimerTask` in the SDK's documentation.
 */
function outcomeOf(input: DecisionInput, replay: ActionReplay): TurnOutcome {
  const { state, failure } = input.answer;
  if (!replay.finished || replay.openTasks > 0) {
    return { kind: 'running' };
  }
  if (failure) {
    return failed(input, failure.message, failure.details).outcome;
  }
  if (replay.continuedWith) {
    return { kind: 'continuedAsNew', input: replay.continuedWith.input };
  }
  if (state?.isDone) {
    return { kind: 'completed', output: JSON.stringify(state.output ?? null) };
  }
  return { kind: 'running' };
}

function failed(input: DecisionInput, message: string, details: string): TurnDecision {
  return {
    outcome: {
      kind: 'failed',
      message: `Orchestrator function '${input.functionName}' failed: ${message}`,
      details,
    },
    scheduled: [],
    cancelledTimers: [],
  };
}

function nonDeterminism(difference: string): string {
  return (
    `Non-deterministic orchestration: ${difference} ` +
    'Orchestrators must decide from their input and history alone, and code that running instances ' +
    'have passed must stay as it was (branch on context.df.version).'
  );
}

function firstDifference(
  commands: readonly Command[],
  recorded: ReadonlyMap<number, HistoryEvent>,
): string | undefined {
  for (const [id, event] of recorded) {
    const command = commands[id];
    if (!command) {
      return `the history holds ${describeEvent(event)} with id ${id}, the code no longer schedules it.`;
    }
    if (!matches(command, event)) {
      return `the history holds ${describeEvent(event)} with id ${id}, the code now schedules ${describeCommand(command)}.`;
    }
  }
  return undefined;
}

function matches(command: Command, event: HistoryEvent): boolean {
  switch (event.EventType) {
    case eventTypes.taskScheduled:
      return (
        command.kind === 'activity' &&
        command.name === event.Name &&
        command.input === (event.Input ?? null)
      );
    case eventTypes.subOrchestrationCreated:
      return (
        command.kind === 'subOrchestration' &&
        command.name === event.Name &&
        command.input === (event.Input ?? null) &&
        command.instanceId === event.InstanceId
      );
    default:
      return command.kind === 'timer' && (command.derived || command.fireAt === event.FireAt);
  }
}

function describeEvent(event: HistoryEvent): string {
  switch (event.EventType) {
    case eventTypes.taskScheduled:
      return `activity '${event.Name}' (input ${event.Input ?? 'none'})`;
    case eventTypes.subOrchestrationCreated:
      return `sub-orchestration '${event.Name}' ${event.InstanceId} (input ${event.Input ?? 'none'})`;
    default:
      return `a timer due at ${event.FireAt}`;
  }
}

function describeCommand(command: Command): string {
  switch (command.kind) {
    case 'activity':
      return `activity '${command.name}' (input ${command.input ?? 'none'})`;
    case 'subOrchestration':
      return `sub-orchestration '${command.name}' ${command.instanceId} (input ${command.input ?? 'none'})`;
    default:
      return `a timer due at ${command.fireAt}`;
  }
}

/**
 * The SDK and the host give ids separately. When they disagree, completions reach the wrong tasks
 * (azure-functions-durable-js issue 574): in Azure silently, here loudly.
 */
function idDrift(replay: ActionReplay, idsUsed: number | undefined): string | undefined {
  const count = replay.commands.length;
  if (idsUsed === undefined || !replay.allStarted || replay.continuedWith || idsUsed === count) {
    return undefined;
  }
  return (
    `the SDK has given away ${idsUsed} task ids, the host ${count}. Usual reasons: an open activity or ` +
    'timer was yielded again inside another Task.any or Task.all; a timer longer than 6 days was ' +
    'cancelled after its first 3 days; a retried task takes part in a race.'
  );
}
