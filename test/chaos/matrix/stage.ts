import type { Ledger, RequestRecord } from '../../../src/ledger/ledger.ts';
import type { LookUp } from '../../../src/local/demo/look-up.ts';
import type { PlatformReady } from '../../../src/local/ready-file.ts';
import type { Control } from '../../support/control.ts';

/** What a scenario needs of a platform, in this process on virtual time or in one of its own. */
export interface Stage {
  readonly platform: { readonly ready: PlatformReady; readonly ledgerFile: string };
  readonly ledger: Ledger;
  readonly control: Control;
  readonly lookUp: LookUp;
  send(body: unknown): Promise<void>;
  runUntil(what: string, condition: () => Promise<boolean>): Promise<void>;
  runToEnd(requestId: string): Promise<RequestRecord>;
  /** Takes all events that were published so far. */
  events(): Promise<readonly PublishedEvent[]>;
}

export interface PublishedEvent {
  readonly type: string;
  readonly id: string;
  readonly subject?: string;
  readonly data: unknown;
}

/** One run of a scenario: a request about a VNet of its own. */
export interface Subject {
  readonly requestId: string;
  readonly network: string;
  readonly networkId: string;
  /** Of an existing VNet; inside the pool, and nobody else's. */
  readonly prefix: string;
}

/** @param serial counts the runs on one platform. */
export function subjectOf(serial: number): Subject {
  const network = `vnet-m${serial}`;
  return {
    requestId: `M${serial}`,
    network,
    networkId: `${networksOfFabrikam}/${network}`,
    // The upper half of the pool: allocations take the lowest free space.
    prefix: `10.${8 + (Math.floor(serial / 256) % 8)}.${serial % 256}.0/24`,
  };
}

export const networksOfFabrikam =
  '/subscriptions/b0000000-0000-4000-8000-0000000000b1/resourceGroups/rg-payments/providers/Microsoft.Network/virtualNetworks';
