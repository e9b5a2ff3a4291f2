import { beforeEach, describe, expect, test } from 'vitest';
import { contentHash } from '../../src/ledger/content-hash.ts';
import type { Ledger, RequestRecord } from '../../src/ledger/ledger.ts';
import { verifyLedger } from '../../src/ledger/verify-ledger.ts';
import { type AuditDraft, type AuditEntry, emptyAudit, sealEntry } from '../../src/model/audit.ts';
import { wholeTrail } from './audit-contract.ts';
import { at, claimOf, decisionOf, later, walk } from './contract-samples.ts';
import type { RawStore } from './raw-store.ts';

/** What every store must let show when somebody gets at it past the ledger. */
export function describeTamperingContract(getLedger: () => Ledger, getRaw: () => RawStore): void {
  describe('the verification', () => {
    let ledger: Ledger;
    let raw: RawStore;
    let trail: readonly AuditEntry[];

    const entry = (sequence: number): AuditEntry => trail[sequence - 1] as AuditEntry;
    const recordOf = async (id: string) => (await ledger.getRequest(id)) as RequestRecord;

    /** The trail from an entry on, written anew around a change: all hashes fit again. */
    const rewriteFrom = async (entries: readonly AuditDraft[]): Promise<void> => {
      let head = emptyAudit;
      for (const { at, requestId, kind, state, actor, facts, recordHash } of entries) {
        const draft = { at, requestId, kind, state, actor, facts, recordHash };
        const sealed = sealEntry(head, draft, contentHash);
        await raw.putEntry(sealed.sequence, sealed);
        head = { sequence: sealed.sequence, hash: sealed.hash };
      }
      for (let sequence = head.sequence + 1; sequence <= trail.length; sequence++) {
        await raw.deleteEntry(sequence);
      }
      await raw.setHead(head);
    };

    const problems = async (...noted: Parameters<typeof verifyLedger>[1] & object) => {
      const { intact, problems: told } = await verifyLedger(ledger, noted);
      expect(intact).toBe(told.length === 0);
      return told.join('\n');
    };

    /** 1 claim A, 2 claim B, 3-4 changes of A, 5 decision on A, 6 change of A, 7-8 changes of B. */
    beforeEach(async () => {
      ledger = getLedger();
      raw = getRaw();
      await ledger.claimRequest(claimOf('A'), at);
      await ledger.claimRequest(claimOf('B'), at);
      await walk(ledger, 'A', 'planning', 'awaiting-approval');
      await ledger.recordDecision({ ...decisionOf('d1', 'A'), reason: 'fine' });
      await ledger.updateRequest('A', { state: 'deploying' }, later);
      await walk(ledger, 'B', 'planning', 'rejected');
      trail = await wholeTrail(ledger);
    });

    test('finds nothing in what the ledger wrote, and tells its head', async () => {
      const { sequence, hash } = entry(8);
      expect(await verifyLedger(ledger, [entry(3), entry(8)])).toEqual({
        intact: true,
        entries: 8,
        head: { sequence, hash },
        problems: [],
      });
    });

    test('finds nothing while the ledger is written', async () => {
      let isOver = false;
      const writing = (async () => {
        for (let index = 0; !isOver; index++) {
          await walk(ledger, `R${index}`, 'planning', 'failed');
          await ledger.recordDecision(decisionOf(`d${index}`, 'A'));
          // SQLite answers at once: let the other side have its turn.
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      for (let round = 0; round < 5; round++) expect(await problems()).toBe('');
      isOver = true;
      await writing;
    });

    const changes: Readonly<Record<string, (entry: AuditEntry) => object>> = {
      time: () => ({ at: later }),
      request: () => ({ requestId: 'B' }),
      kind: () => ({ kind: 'request-changed' }),
      state: () => ({ state: 'failed' }),
      actor: ({ actor }) => ({ actor: { ...actor, name: 'Eve' } }),
      'a fact': ({ facts }) => ({ facts: { ...facts, reason: 'not fine' } }),
      'the hash of the record': () => ({ recordHash: 'f'.repeat(64) }),
      'the hash before': () => ({ previousHash: 'f'.repeat(64) }),
      hash: () => ({ hash: 'f'.repeat(64) }),
      sequence: () => ({ sequence: 4 }),
      'a member more': () => ({ note: 'nobody sees this' }),
    };

    test.each(Object.entries(changes))('finds an entry with another %s', async (_, change) => {
      await raw.putEntry(5, { ...entry(5), ...change(entry(5)) });
      expect(await problems()).toMatch(/[45]/);
    });

    test('finds an entry that was changed and given its new hash', async () => {
      const { hash: _, ...changed } = { ...entry(5), actor: { name: 'Eve' } };
      await raw.putEntry(5, { ...changed, hash: contentHash(changed) });
      expect(await problems()).toMatch(/^Entry 6 does not continue entry 5.*$/);
    });

    test('finds an entry that is gone, moved, doubled or no entry at all', async () => {
      await raw.deleteEntry(5);
      expect(await problems()).toMatch(/Entry 6 follows entry 4/);
      await raw.putEntry(5, entry(6));
      await raw.putEntry(6, entry(5));
      expect(await problems()).toMatch(/Entry 5 follows entry 6/);
      await raw.putEntry(5, entry(5));
      expect(await problems()).toMatch(/Entry 5 follows entry 5/);
      await raw.putEntry(6, '{"sequence":6}');
      expect(await problems()).toMatch(/What follows entry 5 is no entry/);
      await raw.putEntry(6, '{"sequence":');
      expect(await problems()).toMatch(/cannot be read to its end/);
      await raw.putEntry(6, entry(6));
      expect(await problems()).toBe('');
    });

    test('lists on, whatever somebody has made of an entry', async () => {
      await raw.putEntry(4, { ...entry(4), sequence: 1 });
      const listed = await wholeTrail(ledger, 2);
      expect(listed.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 1, 5, 6, 7, 8]);
    });

    test('finds an entry that was added behind the last one', async () => {
      const { sequence, hash, previousHash: _, ...draft } = entry(8);
      const forged = sealEntry({ sequence, hash }, draft, contentHash);
      await raw.putEntry(9, forged);
      await raw.setHead(forged);
      expect(await problems()).toMatch(/record of B was set back to revision 3.* 4 changes/);
    });

    test('finds that the end is cut off: by the records, and by a head that was noted', async () => {
      await raw.deleteEntry(8);
      await raw.setHead(entry(7));
      expect(await problems()).toBe(
        'The record of B has revision 3, but the trail tells only 2 changes of it.',
      );
      await raw.putRecord({ ...(await recordOf('B')), state: 'planning', revision: 2 });
      expect(await problems(entry(8))).toMatch(
        /ends with entry 7, but had 8 when its head was noted/,
      );
    });

    test('finds a trail that was written anew: by the records, or by a head that was noted alone', async () => {
      // Without the decision: the record's revision tells of one change more.
      await rewriteFrom(trail.filter(({ sequence }) => sequence !== 5));
      expect(await problems()).toMatch(/A has revision 5, but the trail tells only 4 changes/);
      expect(await problems()).toMatch(/A has a decision that the trail does not tell/);
      // With another decider, who is in no record: only who noted a head can tell.
      await rewriteFrom(
        trail.map((each) => (each.sequence === 5 ? { ...each, actor: { name: 'Eve' } } : each)),
      );
      expect(await problems()).toBe('');
      expect(await problems(entry(8))).toMatch(/^Entry 8 has another hash/);
      expect(await problems(entry(4))).toBe('');
    });

    test('finds a record that was changed, set back or taken away', async () => {
      const record = await recordOf('A');
      await raw.putRecord({ ...record, state: 'failed' });
      expect(await problems()).toBe('The record of A is not the one that entry 6 was written for.');
      await raw.putRecord({ ...record, request: { ...record.request, reason: 'else' } });
      expect(await problems()).toMatch(/record of A is not the one/);
      await raw.putRecord({ ...record, tenant: 'northwind' });
      expect(await problems()).toMatch(/record of A is not the one/);
      await raw.putRecord({ ...record, state: 'awaiting-approval', revision: 4 });
      expect(await problems()).toMatch(/record of A was set back to revision 4/);
      await raw.putRecord({ ...record, revision: 9 });
      expect(await problems()).toMatch(/A has revision 9, but the trail tells only 5 changes/);
      await raw.putRecord(record);
      expect(await problems()).toBe('');
      await raw.deleteRecord('A');
      expect(await problems()).toMatch(/tells of A, but the ledger has no such request/);
    });

    test('finds a decision that was changed, taken away or added', async () => {
      const decision = { ...decisionOf('d1', 'A'), reason: 'fine' };
      await raw.putDecision({ ...decision, by: { ...decision.by, name: 'Eve' } });
      expect(await problems()).toMatch(/decision on A that entry 5 tells is gone or was changed/);
      await raw.putDecision(decision);
      expect(await problems()).toBe('');
      await raw.deleteDecision('A', 'd1');
      expect(await problems()).toMatch(/decision on A that entry 5 tells is gone or was changed/);
      await raw.putDecision(decision);
      await raw.putDecision({ ...decision, id: 'd2' });
      expect(await problems()).toBe('A has a decision that the trail does not tell.');
    });
  });
}
