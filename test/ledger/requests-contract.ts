import { beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { vendingError } from '../../src/model/errors.ts';
import type { Plan } from '../../src/model/plan.ts';
import { firstVersion, poolIds, sampleRemoveRequest, sampleRequest } from '../model/samples.ts';
import { at, claimOf, later, removalOf, virtualNetworkId, walk } from './contract-samples.ts';

/** What every store must do with requests. */
export function describeRequestsContract(
  getLedger: () => Ledger,
  open: () => Promise<Ledger>,
): void {
  describe('requests', () => {
    let ledger: Ledger;

    beforeEach(() => {
      ledger = getLedger();
    });

    test('a request is claimed once, repeated with the same content, contradicted by other content', async () => {
      const first = await ledger.claimRequest(claimOf('RITM1'), at);
      const second = await ledger.claimRequest(claimOf('RITM1'), later);
      const third = await ledger.claimRequest(claimOf('RITM1', 'other'), later);

      expect([first.status, second.status, third.status]).toEqual([
        'claimed',
        'repeated',
        'contradiction',
      ]);
      expect(first.record).toEqual({
        ...claimOf('RITM1'),
        state: 'received',
        revision: 1,
        createdAt: at,
        updatedAt: at,
      });
      expect([second.record, third.record]).toEqual([first.record, first.record]);
    });

    test('request ids that differ in case are two requests', async () => {
      await ledger.claimRequest(claimOf('RITM1'), at);
      expect((await ledger.claimRequest(claimOf('ritm1'), at)).status).toBe('claimed');
    });

    test('of 50 writers with one id exactly one claims it', async () => {
      const writers = await Promise.all(Array.from({ length: 50 }, open));
      const answers = await Promise.all(
        writers.map((writer, index) => writer.claimRequest(claimOf('RITM1', `h${index}`), at)),
      );
      const winners = answers.filter((answer) => answer.status === 'claimed');
      expect(winners).toHaveLength(1);
      expect(answers.filter((answer) => answer.status === 'contradiction')).toHaveLength(49);
      expect(new Set(answers.map((answer) => answer.record.contentHash)).size).toBe(1);
    });

    test('a request that nobody claimed does not exist', async () => {
      expect(await ledger.getRequest('RITM1')).toBeUndefined();
    });

    test('an update sets state, time and the members given, and keeps the others', async () => {
      await ledger.claimRequest(claimOf('RITM1'), at);
      const error = vendingError('PoolExhausted', 'The pool is full.');
      await ledger.updateRequest('RITM1', { state: 'planning' }, later);
      const answered = await ledger.updateRequest('RITM1', { state: 'failed', error }, later);

      expect(answered).toMatchObject({ state: 'failed', error, updatedAt: later, createdAt: at });
      expect(answered.request).toEqual(sampleRequest({ id: 'RITM1' }));
      expect(await ledger.getRequest('RITM1')).toEqual(answered);
    });

    test('a transition that the states forbid is refused and changes nothing', async () => {
      await walk(ledger, 'RITM1', 'planning', 'rejected');
      const before = await ledger.getRequest('RITM1');
      await expect(ledger.updateRequest('RITM1', { state: 'deploying' }, later)).rejects.toThrow(
        /RITM1 is rejected and cannot become deploying/,
      );
      expect(await ledger.getRequest('RITM1')).toEqual(before);
    });

    test('moving to the state it is in already is a repetition', async () => {
      const record = await walk(ledger, 'RITM1', 'planning', 'planning');
      expect(record.state).toBe('planning');
    });

    test('a repetition of a final state changes nothing', async () => {
      const record = await walk(ledger, 'RITM1', 'planning', 'deploying', 'verifying');
      const result = { virtualNetworkId, allocations: [] };
      await ledger.updateRequest('RITM1', { state: 'succeeded', result }, at);
      const again = { virtualNetworkId: 'other', allocations: [] };
      await ledger.updateRequest('RITM1', { state: 'succeeded', result: again }, later);
      expect(await ledger.getRequest('RITM1')).toEqual({
        ...record,
        state: 'succeeded',
        result,
        revision: record.revision + 1,
        updatedAt: at,
      });
    });

    test('plan and result of a removal come back as they were', async () => {
      const request = sampleRemoveRequest({ id: 'RITM1', override: true });
      const plan: Plan = {
        change: removalOf('RITM1'),
        planHash: 'a'.repeat(64),
        policy: { effect: 'require-approval', rule: 'operator', reason: 'obstacles' },
        ...firstVersion,
        findings: [{ check: 'managed-state', status: 'overridden', subject: 'vnet' }],
      };
      const result = {
        virtualNetworkId,
        mode: 'delete',
        alreadyGone: false,
        released: [{ poolAlias: 'p', poolId: poolIds.ipv4, prefixes: ['10.0.0.0/24'] }],
      } as const;
      await ledger.claimRequest({ ...claimOf('RITM1'), request }, at);
      await ledger.updateRequest('RITM1', { state: 'planning' }, at);
      await ledger.updateRequest('RITM1', { state: 'removing', plan }, at);
      await ledger.updateRequest('RITM1', { state: 'verifying' }, at);
      const pendingEvent = 'removal.release-unverified';
      const state = 'removed-release-unverified';
      await ledger.updateRequest('RITM1', { state, result, pendingEvent }, later);
      expect(await ledger.getRequest('RITM1')).toMatchObject({
        request,
        plan,
        result,
        state,
        pendingEvent,
      });
      await ledger.markOutcomePublished('RITM1');
      expect(await ledger.listUnfinishedRequests()).toEqual([]);
    });

    test('a resumed request is unfinished again', async () => {
      await walk(ledger, 'A', 'planning', 'associating', 'compensating', 'compensation-failed');
      expect(await ledger.listUnfinishedRequests()).toEqual([]);
      await ledger.updateRequest('A', { state: 'compensating' }, later);
      expect((await ledger.listUnfinishedRequests()).map((record) => record.id)).toEqual(['A']);
    });

    test('leftovers stay while a request is taken back, and go when nothing is left', async () => {
      const leftovers = ['the VNet vnet'];
      await walk(ledger, 'RITM1', 'planning', 'deploying', 'compensating');
      await ledger.updateRequest('RITM1', { state: 'compensation-failed', leftovers }, at);
      const resumed = await ledger.updateRequest('RITM1', { state: 'compensating' }, at);
      const ended = await ledger.updateRequest('RITM1', { state: 'failed' }, at);
      expect(resumed.leftovers).toEqual(leftovers);
      expect(ended.leftovers).toBeUndefined();
    });

    test('unfinished requests are listed oldest first, without those that are over', async () => {
      await walk(ledger, 'B', 'planning');
      await walk(ledger, 'A', 'planning', 'awaiting-approval');
      await walk(ledger, 'C', 'planning', 'failed');
      await walk(ledger, 'D', 'planning', 'deploying', 'compensating', 'compensation-failed');
      const unfinished = await ledger.listUnfinishedRequests();
      expect(unfinished.map((record) => record.id)).toEqual(['B', 'A']);
    });

    test('a request is unfinished until the event of its end is published', async () => {
      await walk(ledger, 'A', 'planning');
      await ledger.updateRequest('A', { state: 'failed', pendingEvent: 'allocation.failed' }, at);
      await ledger.updateRequest('A', { state: 'failed' }, later);
      expect((await ledger.listUnfinishedRequests()).map((record) => record.id)).toEqual(['A']);
      expect((await ledger.getRequest('A'))?.pendingEvent).toBe('allocation.failed');

      await ledger.markOutcomePublished('A');
      await ledger.markOutcomePublished('A');
      expect(await ledger.listUnfinishedRequests()).toEqual([]);
      expect((await ledger.getRequest('A'))?.pendingEvent).toBeUndefined();
    });

    test('text of any kind comes back as it was', async () => {
      const request = sampleRequest({
        id: 'RITM1',
        reason: `é 🙂 '"; DROP TABLE requests; --\n`,
      });
      await ledger.claimRequest({ ...claimOf('RITM1'), request }, at);
      expect((await ledger.getRequest('RITM1'))?.request).toEqual(request);
    });
  });
}
