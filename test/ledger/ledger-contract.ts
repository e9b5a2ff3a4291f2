import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { describeAuditContract } from './audit-contract.ts';
import { describeClaimsContract } from './claims-contract.ts';
import { writeAtOnce } from './concurrent-writers.ts';
import { at, claimOf, decisionOf, entryOf, virtualNetworkId, walk } from './contract-samples.ts';
import { describeDecisionsContract } from './decisions-contract.ts';
import { describeListContract } from './list-contract.ts';
import { describeQuotaContract } from './quota-contract.ts';
import type { RawStore } from './raw-store.ts';
import { describeRequestsContract } from './requests-contract.ts';
import { describeTamperingContract } from './tampering-contract.ts';

/** `npm run chaos` makes 200: Azurite looks through everything at each access, so that takes minutes. */
const rounds = 4;

/** A place where ledgers keep their record; it can be opened many times, also at once. */
export interface LedgerStore {
  open(): Promise<Ledger>;
  readonly raw: RawStore;
  /** Closes nothing: tests close what they open. */
  dispose(): Promise<void>;
}

/** What every store must do; run it with a factory of empty stores. */
export function describeLedgerContract(name: string, makeStore: () => Promise<LedgerStore>): void {
  describe(`the ledger in ${name}`, () => {
    let store: LedgerStore;
    let ledger: Ledger;
    const opened: Ledger[] = [];

    const open = async (): Promise<Ledger> => {
      const another = await store.open();
      opened.push(another);
      return another;
    };

    beforeEach(async () => {
      store = await makeStore();
      ledger = await open();
    });

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((each) => each.close()));
      await store.dispose();
    });

    describeRequestsContract(() => ledger, open);
    describeDecisionsContract(() => ledger, open);
    describeClaimsContract(() => ledger, open);

    describe('step states', () => {
      test('the last write of a step wins; steps and requests are apart', async () => {
        await ledger.claimRequest(claimOf('RITM1'), at);
        await ledger.claimRequest(claimOf('RITM2'), at);
        await ledger.putStepState('RITM1', 'deploy', { url: 'https://first' });
        await ledger.putStepState('RITM1', 'deploy', { url: 'https://second' });
        expect(await ledger.getStepState('RITM1', 'deploy')).toEqual({ url: 'https://second' });
        expect(await ledger.getStepState('RITM1', 'delete')).toBeUndefined();
        expect(await ledger.getStepState('RITM2', 'deploy')).toBeUndefined();
      });
    });

    describeListContract(() => ledger);
    describeAuditContract(() => ledger);
    describeQuotaContract(() => ledger, open);
    describeTamperingContract(
      () => ledger,
      () => store.raw,
    );

    test(`of ${50 * rounds} changes by 50 writers at once none is lost`, {
      timeout: 60_000,
    }, async () => {
      const ledgers = await Promise.all(Array.from({ length: 5 }, open));
      expect(await writeAtOnce({ ledgers, writers: 50, rounds, requests: 10 })).toEqual([]);
    });

    describe('durability', () => {
      test('everything is there again after close and reopen', async () => {
        const record = await walk(ledger, 'RITM1', 'planning');
        await ledger.appendTimeline('RITM1', entryOf('a'));
        await ledger.recordDecision(decisionOf('d1', 'RITM1'));
        await ledger.putStepState('RITM1', 'deploy', { url: 'https://signed' });
        await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM1');
        await ledger.close();
        await ledger.close();

        const again = await open();
        expect(await again.getRequest('RITM1')).toEqual({ ...record, revision: 3 });
        expect(await again.listTimeline('RITM1')).toHaveLength(1);
        expect(await again.listDecisions('RITM1')).toHaveLength(1);
        expect(await again.getStepState('RITM1', 'deploy')).toEqual({ url: 'https://signed' });
        await walk(again, 'RITM2', 'planning');
        expect((await again.claimVirtualNetwork(virtualNetworkId, 'RITM2')).status).toBe('held');
      });

      test('what one connection wrote, another sees at once', async () => {
        const other = await open();
        await ledger.claimRequest(claimOf('RITM1'), at);
        expect((await other.getRequest('RITM1'))?.state).toBe('received');
      });
    });
  });
}
