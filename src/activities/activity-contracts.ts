import type { ApprovalNews, OpenStage, PolicyDecision } from '../model/approval-acts.ts';
import type { VendingError } from '../model/errors.ts';
import type { RequestEventType } from '../model/events.ts';
import type { Outcome } from '../model/outcome.ts';
import type {
  AllocationResult,
  PolicyVerdict,
  RemovalMode,
  RemovalResult,
  RequestResult,
} from '../model/plan.ts';
import type { QuotaRelease } from '../model/quotas.ts';
import type { RequestState } from '../model/states.ts';

/** Every activity knows for which request, which step of the workflow and which attempt it runs. */
export interface StepInput {
  readonly requestId: string;
  /** Name of the step in the timeline: `deploy`, `compensate-delete`, ... */
  readonly step: string;
  /** From 1; together with request and step the idempotency key. */
  readonly attempt: number;
  /** How often an operator has resumed the request; absent before the first time. */
  readonly resumption?: number;
}

/** What an activity answers that looks whether something has come to pass. */
export type PollAnswer<T> =
  | { readonly done: true; readonly value: T }
  | {
      readonly done: false;
      readonly retryAfterSeconds?: number;
      /** What is missing still, as a sentence: the cause of the error if it never comes. */
      readonly waitsFor?: string;
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
  readonly version: number;
  readonly policy: PolicyVerdict;
  readonly dryRun: boolean;
  /** Of a removal. */
  readonly removal?: RemovalSummary;
  /** Set when prerequisites are missing: the request cannot go on. */
  readonly refusal?: VendingError;
}

/** What the orchestration needs to know of a removal to choose its steps. */
export interface RemovalSummary {
  readonly mode: RemovalMode;
  /** Nothing is there to be removed; only the release is verified. */
  readonly alreadyGone: boolean;
  readonly detachesPeerings: boolean;
}

/** How the approval of a plan ended. */
export interface ApprovalEnding {
  readonly status: 'approved' | 'rejected' | 'cancelled' | 'expired';
  readonly by: string;
  readonly reason?: string;
}

export type ApprovalAnswer =
  | { readonly status: 'open'; readonly version: number; readonly open: OpenStage }
  | ApprovalEnding;

/** What an act on an open stage is about. */
interface StageInput extends StepInput {
  /** Its name. */
  readonly stage: string;
  /** Of the plan. */
  readonly version: number;
}

/** The plan still holds, or another one was recorded in its place. */
export type RecheckAnswer =
  | { readonly changed: false }
  | { readonly changed: true; readonly plan: PlanSummary };

type PollAnswerOf<T> = Outcome<PollAnswer<T>>;
interface PlannedStepInput extends StepInput {
  /** The plan that was decided on. */
  readonly planHash: string;
}

/** Inputs and outputs of every activity, by the name it is registered under. */
export interface Activities {
  planRequest: { input: StepInput; output: Outcome<PlanSummary> };
  recordState: {
    input: StepInput & {
      readonly state: RequestState;
      readonly message: string;
      readonly error?: VendingError;
      readonly result?: RequestResult;
      readonly leftovers?: readonly string[];
      /** For an end state: the event that tells of it, to be published by `publishOutcome`. */
      readonly pendingEvent?: RequestEventType;
    };
    /** The state that the request is in now. */
    output: Outcome<RequestState>;
  };
  /** How one compensation of the saga went; `error` when it failed. */
  recordCompensation: {
    input: StepInput & { readonly error?: VendingError };
    output: Outcome<null>;
  };
  publishEvent: { input: StepInput & { readonly type: RequestEventType }; output: Outcome<null> };
  publishOutcome: { input: StepInput; output: Outcome<null> };
  readApproval: { input: StepInput; output: Outcome<ApprovalAnswer> };
  tellApprovers: {
    input: StageInput & { readonly news: ApprovalNews };
    output: Outcome<null>;
  };
  decideByPolicy: {
    input: StageInput & { readonly decision: PolicyDecision };
    output: Outcome<null>;
  };
  readError: { input: StepInput; output: Outcome<VendingError | null> };
  claimVirtualNetwork: { input: StepInput; output: Outcome<null> };
  recheckPlan: { input: PlannedStepInput; output: Outcome<RecheckAnswer> };
  nameLeftovers: { input: StepInput; output: Outcome<readonly string[]> };
  releaseVirtualNetwork: { input: StepInput; output: Outcome<null> };
  reserveQuota: { input: StepInput; output: Outcome<null> };
  releaseQuota: { input: StepInput & { readonly release: QuotaRelease }; output: Outcome<null> };

  // allocate, and its compensation
  deployVirtualNetwork: { input: PlannedStepInput; output: Outcome<Acceptance> };
  trackDeployment: { input: StepInput; output: PollAnswerOf<null> };
  awaitPrefix: { input: StepInput; output: PollAnswerOf<AllocationResult> };
  deleteVirtualNetwork: { input: StepInput; output: Outcome<Acceptance> };
  trackDeletion: { input: StepInput; output: PollAnswerOf<null> };
  confirmRelease: { input: StepInput; output: PollAnswerOf<null> };

  // associate, and its compensation
  associateVirtualNetwork: { input: PlannedStepInput; output: Outcome<Acceptance> };
  awaitAssociation: { input: StepInput; output: PollAnswerOf<AllocationResult> };
  undoAssociation: { input: StepInput; output: Outcome<Acceptance> };
  confirmUndoneAssociation: { input: StepInput; output: PollAnswerOf<null> };

  // remove, mode disassociate, and its compensation
  disassociateVirtualNetwork: { input: PlannedStepInput; output: Outcome<Acceptance> };
  undoDisassociation: { input: StepInput; output: Outcome<Acceptance> };
  confirmUndoneDisassociation: { input: StepInput; output: PollAnswerOf<null> };

  /** Looks at the PUT of an existing VNet that the step `of` started, until the VNet is settled. */
  trackUpdate: { input: StepInput & { readonly of: UpdateStep }; output: PollAnswerOf<null> };

  // remove, mode delete, and its compensation
  /** Takes our side of the planned peerings off, one a look. */
  detachPeerings: { input: PlannedStepInput; output: PollAnswerOf<null> };
  /** Puts back what `detachPeerings` took off, one a look, if the VNet is still there. */
  restorePeerings: { input: StepInput; output: PollAnswerOf<null> };
  removeVirtualNetwork: { input: PlannedStepInput; output: Outcome<Acceptance> };
  trackRemoval: { input: StepInput; output: PollAnswerOf<null> };

  /** Both modes of remove: the VNet (or its association) is gone, and the pools have their space back. */
  confirmRemoval: { input: StepInput; output: PollAnswerOf<RemovalResult> };
}

/** The steps that PUT an existing VNet; the ledger's step state of that name holds the operation. */
export type UpdateStep = 'associate' | 'undo-association' | 'disassociate' | 'undo-disassociation';

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
