import { beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import {
  at,
  claimOf,
  decisionOf,
  entryOf,
  later,
  virtualNetworkId,
  walk,
} from './contract-samples.ts';

/** What every store must do with timeline and decisions. */
export function describeDecisionsContract(
  getLedger: () => Ledger,
  open: () => Promise<Ledger>,
): void {
  describe('timeline and decisions', () => {
    let ledger: Ledger;

    beforeEach(() => {
      ledger = getLedger();
    });

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
      expect(await ledger.recordDecision(decisionOf('d1', 'RITM1'), { ifRevision: revision })).toBe(
        'recorded',
      );
      const before = await ledger.getRequest('RITM1');
      expect(before?.revision).toBe(revision + 1);
      const options = { change: { state: 'cancelled' }, ifRevision: revision } as const;
      expect(await ledger.recordDecision(cancel, options)).toBe('conflict');
      // What is known is a repetition, whatever the revision.
      expect(await ledger.recordDecision(decisionOf('d1', 'RITM1'), { ifRevision: revision })).toBe(
        'repeated',
      );
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
}
