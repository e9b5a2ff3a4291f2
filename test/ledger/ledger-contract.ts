import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { vendingError } from '../../src/model/errors.ts';
import type { Plan } from '../../src/model/plan.ts';
import { firstVersion, poolIds, sampleRemoveRequest, sampleRequest } from '../model/samples.ts';
import { describeAuditContract } from './audit-contract.ts';
import {
  at,
  claimOf,
  decisionOf,
  entryOf,
  later,
  removalOf,
  virtualNetworkId,
  walk,
} from './contract-samples.ts';
import { describeListContract } from './list-contract.ts';
import { describeQuotaContract } from './quota-contract.ts';

/** A place where ledgers keep their record; it can be opened many times, also at once. */
export interface LedgerStore {
  open(): Promise<Ledger>;
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

    describe('requests', () => {
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

    describe('timeline and decisions', () => {
      test('the first entry of a key wins, and entries keep their order', async () => {
        await ledger.claimRequest(claimOf('RITM1'), at);
        await ledger.claimRequest(claimOf('RITM2'), at);
        await ledger.appendTimeline('RITM1', entryOf('z'));
        await ledger.appendTimeline('RITM1', entryOf('a'));
        await ledger.appendTimeline('RITM1', entryOf('z', 'another message'));
        await ledger.appendTimeline('RITM2', entryOf('z', 'of another request'));
        expect(await ledger.listTimeline('RITM1')).toEqual([entryOf('z'), entryOf('a')]);
        expect(await ledger.listTimeline('RITM2')).toEqual([entryOf('z', 'of another request')]);
      });

      test('a decision is recorded once, whoever delivers it how often', async () => {
        await ledger.claimRequest(claimOf('RITM1'), at);
        const writers = await Promise.all(Array.from({ length: 20 }, open));
        const answers = await Promise.all(
          writers.map((writer) => writer.recordDecision(decisionOf('d1', 'RITM1'))),
        );
        expect(answers.filter((answer) => answer === 'recorded')).toHaveLength(1);
        expect(await ledger.listDecisions('RITM1')).toEqual([decisionOf('d1', 'RITM1')]);
      });

      test('a decision with a change makes both; repeated it changes nothing again', async () => {
        await walk(ledger, 'RITM1', 'planning', 'deploying', 'compensating', 'compensation-failed');
        const resume = { ...decisionOf('d1', 'RITM1'), decision: 'resume', at: later } as const;
        const change = { state: 'compensating', leftovers: ['the VNet vnet'] } as const;
        expect(await ledger.recordDecision(resume, { change })).toBe('recorded');
        expect(await ledger.getRequest('RITM1')).toMatchObject({ ...change, updatedAt: later });

        await ledger.updateRequest('RITM1', { state: 'compensation-failed' }, later);
        expect(await ledger.recordDecision(resume, { change })).toBe('repeated');
        expect((await ledger.getRequest('RITM1'))?.state).toBe('compensation-failed');
        expect(await ledger.listDecisions('RITM1')).toEqual([resume]);
      });

      test('a decision whose change the states forbid is not recorded either', async () => {
        await walk(ledger, 'RITM1', 'planning', 'failed');
        const before = await ledger.getRequest('RITM1');
        const resume = { ...decisionOf('d1', 'RITM1'), decision: 'resume' } as const;
        await expect(
          ledger.recordDecision(resume, { change: { state: 'compensating' } }),
        ).rejects.toThrow(/RITM1 is failed and cannot become compensating/);
        expect(await ledger.listDecisions('RITM1')).toEqual([]);
        expect(await ledger.getRequest('RITM1')).toEqual(before);
      });

      test('of two decisions that lead to the same state the second is refused', async () => {
        await walk(ledger, 'RITM1', 'planning', 'deploying', 'compensating', 'compensation-failed');
        const resume = { ...decisionOf('d1', 'RITM1'), decision: 'resume' } as const;
        const change = { state: 'compensating' } as const;
        await ledger.recordDecision(resume, { change });
        await expect(ledger.recordDecision({ ...resume, id: 'd2' }, { change })).rejects.toThrow(
          /RITM1 is compensating already/,
        );
        expect(await ledger.listDecisions('RITM1')).toEqual([resume]);
      });

      test('of 20 deliveries of a decision with a change exactly one makes it', async () => {
        await walk(ledger, 'RITM1', 'planning', 'deploying', 'compensating', 'compensation-failed');
        const writers = await Promise.all(Array.from({ length: 20 }, open));
        const resume = { ...decisionOf('d1', 'RITM1'), decision: 'resume' } as const;
        const answers = await Promise.all(
          writers.map((writer, index) =>
            writer.recordDecision(resume, {
              change: { state: 'compensating', leftovers: [`l${index}`] },
            }),
          ),
        );
        expect(answers.filter((answer) => answer === 'recorded')).toHaveLength(1);
        expect((await ledger.getRequest('RITM1'))?.leftovers).toEqual([
          `l${answers.indexOf('recorded')}`,
        ]);
      });

      test('a decision that was judged by another revision is not recorded, and changes nothing', async () => {
        const { revision } = await walk(ledger, 'RITM1', 'planning', 'awaiting-approval');
        const cancel = { ...decisionOf('d2', 'RITM1'), decision: 'cancel' } as const;
        expect(
          await ledger.recordDecision(decisionOf('d1', 'RITM1'), { ifRevision: revision }),
        ).toBe('recorded');
        const before = await ledger.getRequest('RITM1');
        expect(before?.revision).toBe(revision + 1);
        const options = { change: { state: 'cancelled' }, ifRevision: revision } as const;
        expect(await ledger.recordDecision(cancel, options)).toBe('conflict');
        // What is known is a repetition, whatever the revision.
        expect(
          await ledger.recordDecision(decisionOf('d1', 'RITM1'), { ifRevision: revision }),
        ).toBe('repeated');
        expect(await ledger.getRequest('RITM1')).toEqual(before);
        expect(await ledger.listDecisions('RITM1')).toEqual([decisionOf('d1', 'RITM1')]);
      });

      test('of 20 decisions judged by one revision exactly one is recorded', async () => {
        const { revision } = await walk(ledger, 'RITM1', 'planning', 'awaiting-approval');
        const writers = await Promise.all(Array.from({ length: 20 }, open));
        const answers = await Promise.all(
          writers.map((writer, index) =>
            writer.recordDecision(decisionOf(`d${index}`, 'RITM1'), { ifRevision: revision }),
          ),
        );
        expect(answers.filter((answer) => answer === 'recorded')).toHaveLength(1);
        expect(answers.filter((answer) => answer === 'conflict')).toHaveLength(19);
        expect(await ledger.listDecisions('RITM1')).toHaveLength(1);
      });

      test('the same decision id for another request is another decision', async () => {
        await ledger.claimRequest(claimOf('RITM1'), at);
        await ledger.claimRequest(claimOf('RITM2'), at);
        await ledger.recordDecision(decisionOf('d1', 'RITM1'));
        expect(await ledger.recordDecision(decisionOf('d1', 'RITM2'))).toBe('recorded');
      });

      test('nothing can be recorded for a request that nobody claimed', async () => {
        const attempts = [
          ledger.updateRequest('RITM9', { state: 'planning' }, at),
          ledger.appendTimeline('RITM9', entryOf('a')),
          ledger.recordDecision(decisionOf('d1', 'RITM9')),
          ledger.claimVirtualNetwork(virtualNetworkId, 'RITM9'),
          ledger.putStepState('RITM9', 'deploy', {}),
        ];
        for (const attempt of attempts) {
          await expect(attempt).rejects.toThrow(/knows no request RITM9/);
        }
      });
    });

    describe('claims of VNets', () => {
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
        expect((await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM2')).status).toBe(
          'claimed',
        );
      });

      test('the claim of a request that ended is taken over', async () => {
        await walk(ledger, 'RITM1', 'planning');
        await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM1');
        await ledger.updateRequest('RITM1', { state: 'failed' }, later);
        await walk(ledger, 'RITM2', 'planning');
        expect((await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM2')).status).toBe(
          'claimed',
        );
        // What the ended one still does late must not take it away again.
        await ledger.releaseVirtualNetwork(virtualNetworkId, 'RITM1');
        await walk(ledger, 'RITM3', 'planning');
        expect((await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM3')).status).toBe('held');
      });

      test('the claim of a removal whose release nobody confirmed is taken over', async () => {
        await walk(ledger, 'RITM1', 'planning', 'removing', 'verifying');
        await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM1');
        await walk(ledger, 'RITM2', 'planning');
        expect((await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM2')).status).toBe('held');
        await ledger.updateRequest('RITM1', { state: 'removed-release-unverified' }, later);
        expect((await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM2')).status).toBe(
          'claimed',
        );
      });

      test('a parked request keeps its claim, because an operator may resume it', async () => {
        await walk(ledger, 'RITM1', 'planning', 'deploying', 'compensating');
        await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM1');
        await ledger.updateRequest('RITM1', { state: 'compensation-failed' }, later);
        await walk(ledger, 'RITM2', 'planning');
        expect((await ledger.claimVirtualNetwork(virtualNetworkId, 'RITM2')).status).toBe('held');
      });
    });

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
