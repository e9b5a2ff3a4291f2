import { beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { later, virtualNetworkId, walk } from './contract-samples.ts';

/** What every store must do with claims of VNets. */
export function describeClaimsContract(getLedger: () => Ledger, open: () => Promise<Ledger>): void {
  describe('claims of VNets', () => {
    let ledger: Ledger;

    beforeEach(() => {
      ledger = getLedger();
    });

    test('of 50 requests for one VNet exactly one gets it, whatever the case of its id', async () => {
      const requests = Array.from({ length: 50 }, (_, index) => `RITM${index}`);
      for (const id of requests) {
        await walk(ledger, id, 'planning');
      }
      const answers = await Promise.all(
        requests.map(async (id, index) => {
          const spelled = index % 2 === 0 ? virtualNetworkId : virtualNetworkId.toUpperCase();
          return (await open()).claimVirtualNetwork(spelled, id);
        }),
      );
      expect(answers.filter((answer) => answer.status === 'claimed')).toHaveLength(1);
      const winner = requests[answers.findIndex((answer) => answer.status === 'claimed')];
      for (const answer of answers.filter((each) => each.status === 'held')) {
        expect(answer).toEqual({ status: 'held', byRequestId: winner });
      }
    });

    test('the holder may claim again, and only the holder releases', async () => {
      await walk(ledger, 'RITM1', 'planning');
      await walk(ledger, 'RITM2', 'planning');
      await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM1');
      expect(await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM1')).toEqual({
        status: 'claimed',
      });
      await ledger.releaseVirtualNetwork(virtualNetworkId, 'RITM2');
      expect(await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM2')).toEqual({
        status: 'held',
        byRequestId: 'RITM1',
      });
      await ledger.releaseVirtualNetwork(virtualNetworkId.toUpperCase(), 'RITM1');
      await ledger.releaseVirtualNetwork(virtualNetworkId, 'RITM1');
      expect((await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM2')).status).toBe('claimed');
    });

    test('the claim of a request that ended is taken over', async () => {
      await walk(ledger, 'RITM1', 'planning');
      await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM1');
      await ledger.updateRequest('RITM1', { state: 'failed' }, later);
      await walk(ledger, 'RITM2', 'planning');
      expect((await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM2')).status).toBe('claimed');
      // What the ended one still does late must not take it away again.
      await ledger.releaseVirtualNetwork(virtualNetworkId, 'RITM1');
      await walk(ledger, 'RITM3', 'planning');
      expect((await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM3')).status).toBe('held');
    });

    test('of 20 requests exactly one takes over the claim of one that ended', async () => {
      await walk(ledger, 'RITM', 'planning');
      await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM');
      await ledger.updateRequest('RITM', { state: 'failed' }, later);
      const requests = Array.from({ length: 20 }, (_, index) => `RITM${index}`);
      for (const id of requests) await walk(ledger, id, 'planning');
      const answers = await Promise.all(
        requests.map(async (id) => (await open()).claimVirtualNetwork(virtualNetworkId, id)),
      );
      expect(answers.filter(({ status }) => status === 'claimed')).toHaveLength(1);
    });

    test('the claim of a removal whose release nobody confirmed is taken over', async () => {
      await walk(ledger, 'RITM1', 'planning', 'removing', 'verifying');
      await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM1');
      await walk(ledger, 'RITM2', 'planning');
      expect((await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM2')).status).toBe('held');
      await ledger.updateRequest('RITM1', { state: 'removed-release-unverified' }, later);
      expect((await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM2')).status).toBe('claimed');
    });

    test('a parked request keeps its claim, because an operator may resume it', async () => {
      await walk(ledger, 'RITM1', 'planning', 'deploying', 'compensating');
      await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM1');
      await ledger.updateRequest('RITM1', { state: 'compensation-failed' }, later);
      await walk(ledger, 'RITM2', 'planning');
      expect((await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM2')).status).toBe('held');
    });
  });
}
