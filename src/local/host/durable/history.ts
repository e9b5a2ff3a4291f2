/** Kinds of history events, with the numbers of the wire (durable-functions 3.2). */
export const eventTypes = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  subOrchestrationCreated: 7,
  subOrchestrationCompleted: 8,
  subOrchestrationFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventRaised: 15,
  continueAsNew: 16,
  suspended: 19,
  resumed: 20,
} as const;

export type EventType = (typeof eventTypes)[keyof typeof eventTypes];

/** One event as it is stored and as the SDK reads it; which members it has depends on its kind. */
export interface HistoryEvent {
  readonly EventType: EventType;
  /** The id that scheduling gave; -1 for everything that was not scheduled. */
  readonly EventId: number;
  readonly IsPlayed: boolean;
  /** ISO 8601, UTC. */
  readonly Timestamp: string;
  readonly Name?: string;
  readonly Version?: string | null;
  /** JSON text. */
  readonly Input?: string | null;
  /** JSON text. */
  readonly Result?: string | null;
  readonly Reason?: string;
  readonly Details?: string;
  readonly TaskScheduledId?: number;
  readonly TimerId?: number;
  readonly FireAt?: string;
  /** Of a sub-orchestration. */
  readonly InstanceId?: string;
  readonly OrchestrationInstance?: { readonly InstanceId: string; readonly ExecutionId: string };
  readonly ParentInstanceId?: string;
  /** How an execution ended. */
  readonly OrchestrationStatus?: string;
}

/** What an event has besides kind, id, time and the played mark. */
export type EventMembers = Omit<HistoryEvent, 'EventType' | 'EventId' | 'IsPlayed' | 'Timestamp'>;

export function historyEvent(
  type: EventType,
  time: number,
  members: EventMembers = {},
  id = -1,
): HistoryEvent {
  return {
    EventType: type,
    EventId: id,
    IsPlayed: false,
    Timestamp: new Date(time).toISOString(),
    ...members,
  };
}

const eventNames = new Map<EventType, string>(
  Object.entries(eventTypes).map(([name, type]) => [type, name]),
);

export function nameOfEventType(type: EventType): string {
  return eventNames.get(type) ?? String(type);
}

const scheduling = new Set<EventType>([
  eventTypes.taskScheduled,
  eventTypes.subOrchestrationCreated,
  eventTypes.timerCreated,
]);

/** Whether the event records something that the orchestration scheduled. */
export function isScheduling(event: HistoryEvent): boolean {
  return scheduling.has(event.EventType);
}

/** The id of the scheduled thing that an event completes, or undefined for every other event. */
export function completedId(event: HistoryEvent): number | undefined {
  return event.TaskScheduledId ?? event.TimerId;
}
