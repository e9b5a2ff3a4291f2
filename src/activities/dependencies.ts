import type { Azure } from '../azure/azure.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RequestEvent } from '../model/events.ts';
import type { Landscape } from '../model/landscape.ts';

/** Publishes CloudEvents on the topic `vnet-events`; resolves when the broker has stored the event. */
export interface EventPublisher {
  publish(event: RequestEvent): Promise<void>;
}

/** What activities touch the world with; made once by the composition root, faked in tests. */
export interface Dependencies {
  readonly landscape: Landscape;
  readonly ledger: Ledger;
  readonly azure: Azure;
  readonly events: EventPublisher;
  /** Address of the page, for the links in events; absent where there is none. */
  readonly pageUrl?: string;
  readonly now: () => Date;
}
