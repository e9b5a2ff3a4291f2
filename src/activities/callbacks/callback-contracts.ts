import type { VendingError } from '../../model/errors.ts';
import type { EventEnvelope } from '../../model/event-envelope.ts';
import type { Landscape } from '../../model/landscape.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { WebhookNetwork } from './post-webhook.ts';

/** What the delivery of one event to one callback is about. */
export interface CallbackInput {
  /** Name of the callback; address and secret are looked up at each attempt, and never kept in history. */
  readonly callback: string;
  readonly event: EventEnvelope;
  /** Of this delivery alone: an operator may have the same event delivered once more. */
  readonly delivery: string;
}

/** Inputs and outputs of the activities of a delivery. They are not about a request: no timeline tells of them. */
export interface CallbackActivities {
  postCallback: {
    input: CallbackInput & { readonly attempt: number };
    output: Outcome<null>;
  };
  /** Keeps an event that could not be delivered, whole, in the queue `vnet-callbacks-failed`. */
  keepFailedCallback: {
    input: CallbackInput & { readonly attempts: number; readonly error: VendingError };
    output: Outcome<null>;
  };
}

export type CallbackActivityName = keyof CallbackActivities;
export type CallbackActivityInput<N extends CallbackActivityName> = CallbackActivities[N]['input'];
export type CallbackActivityOutput<N extends CallbackActivityName> =
  CallbackActivities[N]['output'];

/** Where events go that could not be delivered; resolves when the broker has stored the event. */
export interface FailedCallbacks {
  keep(failed: CallbackActivityInput<'keepFailedCallback'>): Promise<void>;
}

/** What the activities of a delivery touch the world with. */
export interface CallbackDependencies {
  readonly landscape: Pick<Landscape, 'callbacks'>;
  /** App settings: secrets, and addresses that are secrets themselves. */
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly network: WebhookNetwork;
  readonly failedCallbacks: FailedCallbacks;
  readonly now: () => Date;
}

export type CallbackActivity<N extends CallbackActivityName> = (
  input: CallbackActivityInput<N>,
  dependencies: CallbackDependencies,
) => Promise<CallbackActivityOutput<N>>;
