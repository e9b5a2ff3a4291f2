import type { VendingError } from '../model/errors.ts';
import type { RequestEventType } from '../model/events.ts';
import type { Outcome } from '../model/outcome.ts';
import type { AllocationResult, PolicyVerdict } from '../model/plan.ts';
import type { RequestState } from '../model/states.ts';

/** Every activity knows for which request, which step of the workflow and which attempt it runs. */
export interface StepInput {
  readonly requestId: string;
  /** Name of the step in the timeline: `deploy`, `compensate-delete`, ... */
  readonly step: string;
  /** From 1; together with request and step the idempotency key. */
  readonly attempt: number;
}

/** What an activity answers that looks whether something has come to pass. */
export type PollAnswer<T> =
  | { readonly done: true; readonly value: T }
  | {
      readonly done: false;
      readonly retryAfterSeconds?: number;
      /** Somebody cancelled the request; the ledger says so. */
      readonly cancelRequested?: boolean;
    };

/** What Azure said when it took a call whose operation goes on. */
export interface Acceptance {
  /** Look at the operation only after this time. */
  readonly retryAfterSeconds?: number;
}

export interface PlanSummary {
  readonly planHash: string;
  readonly policy: PolicyVerdict;
  readonly dryRun: boolean;
  /** Set when prerequisites are missing: the request cannot go on. */
  readonly refusal?: VendingError;
}

export type DecisionAnswer =
  | { readonly status: 'none' }
  | {
      readonly status: 'approved' | 'rejected' | 'cancelled';
      readonly by: string;
      readonly reason?: string;
    };

/** Inputs and outputs of every activity, by the name it is registered under. */
export interface Activities {
  planAllocation: { input: StepInput; output: Outcome<PlanSummary> };
  recordState: {
    input: StepInput & {
      readonly state: RequestState;
      readonly message: string;
      readonly error?: VendingError;
      readonly result?: AllocationResult;
      readonly leftovers?: readonly string[];
      /** For an end state: the event that tells of it, to be published by `publishOutcome`. */
      readonly pendingEvent?: RequestEventType;
    };
    /** The state that the request is in now. */
    output: Outcome<RequestState>;
  };
  publishEvent: { input: StepInput & { readonly type: RequestEventType }; output: Outcome<null> };
  publishOutcome: { input: StepInput; output: Outcome<null> };
  readDecision: {
    input: StepInput & { readonly planHash: string };
    output: Outcome<DecisionAnswer>;
  };
  readError: { input: StepInput; output: Outcome<VendingError | null> };
  claimVirtualNetwork: { input: StepInput; output: Outcome<null> };
  recheckPlan: { input: StepInput & { readonly planHash: string }; output: Outcome<null> };
  deployVirtualNetwork: {
    input: StepInput & { readonly planHash: string };
    output: Outcome<Acceptance>;
  };
  trackDeployment: { input: StepInput; output: Outcome<PollAnswer<null>> };
  awaitPrefix: { input: StepInput; output: Outcome<PollAnswer<AllocationResult>> };
  deleteVirtualNetwork: { input: StepInput; output: Outcome<Acceptance> };
  trackDeletion: { input: StepInput; output: Outcome<PollAnswer<null>> };
  confirmRelease: { input: StepInput; output: Outcome<PollAnswer<null>> };
  nameLeftovers: { input: StepInput; output: Outcome<readonly string[]> };
  releaseVirtualNetwork: { input: StepInput; output: Outcome<null> };
}

export type ActivityName = keyof Activities;
export type ActivityInput<N extends ActivityName> = Activities[N]['input'];
export type ActivityOutput<N extends ActivityName> = Activities[N]['output'];

/** The activities that look whether something has come to pass. */
export type PollingActivityName = {
  [N in ActivityName]: ActivityOutput<N> extends Outcome<PollAnswer<unknown>>
    ? Outcome<PollAnswer<never>> extends ActivityOutput<N>
      ? N
      : never
    : never;
}[ActivityName];
