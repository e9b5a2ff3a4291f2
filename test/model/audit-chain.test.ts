import { describe, expect, it } from 'vitest';
import { contentHash } from '../../src/ledger/content-hash.ts';
import { type AuditEntry, auditGenesis } from '../../src/model/audit.ts';
import { AuditChainCheck } from '../../src/model/audit-chain.ts';

/** A trail of so many entries, sealed as the ledger does it. */
function trail(length: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let sequence = 1; sequence <= length; sequence++) {
    const entry = {
      sequence,
      at: '2026-11-22T00:00:00.000Z',
      requestId: `NET-${sequence}`,
      kind: 'request-claimed' as const,
      state: 'received',
      actor: { name: 'Ada' },
      facts: { operation: 'allocate' },
      recordHash: 'a'.repeat(64),
      previousHash: entries.at(-1)?.hash ?? auditGenesis,
    };
    entries.push({ ...entry, hash: contentHash(entry) });
  }
  return entries;
}

function verify(entries: readonly AuditEntry[], expectedHead?: { sequence: number; hash: string }) {
  const check = new AuditChainCheck({
    hashOf: contentHash,
    ...(expectedHead ? { expectedHead } : {}),
  });
  for (const entry of entries) check.add(entry);
  return check.verdict();
}

const edit = (entries: readonly AuditEntry[], sequence: number, change: Partial<AuditEntry>) =>
  entries.map((entry) => (entry.sequence === sequence ? { ...entry, ...change } : entry));

describe('the chain of the audit trail', () => {
  it('is intact as it was written, empty included', () => {
    const entries = trail(5);

    expect(verify(entries)).toEqual({
      intact: true,
      entries: 5,
      head: { sequence: 5, hash: entries[4]?.hash },
      problems: [],
    });
    expect(verify([])).toEqual({
      intact: true,
      entries: 0,
      head: { sequence: 0, hash: auditGenesis },
      problems: [],
    });
  });

  it.each<Partial<AuditEntry>>([
    { at: '2026-11-23T00:00:00.000Z' },
    { requestId: 'NET-9' },
    { kind: 'decision-recorded' },
    { state: 'succeeded' },
    { actor: { name: 'Mallory' } },
    { facts: {} },
    { recordHash: 'b'.repeat(64) },
  ])('tells the entry that was changed, and no other: %j', (change) => {
    const { intact, problems } = verify(edit(trail(5), 3, change));

    expect(intact).toBe(false);
    expect(problems).toEqual([expect.stringMatching(/^Entry 3 \(.*\) was changed/)]);
  });

  it('finds an entry that was changed and sealed again', () => {
    const { hash: _, ...third } = { ...trail(5)[2], state: 'succeeded' } as AuditEntry;
    const forged = edit(trail(5), 3, { ...third, hash: contentHash(third) });

    expect(verify(forged).problems).toEqual([
      expect.stringContaining('Entry 4 does not continue entry 3'),
    ]);
  });

  it('finds what was taken out, repeated or put in another order', () => {
    const [one, two, three] = trail(3) as [AuditEntry, AuditEntry, AuditEntry];

    expect(verify([one, three]).problems).toEqual([
      expect.stringContaining('Entry 3 follows entry 1'),
    ]);
    expect(verify([two, three]).problems).toEqual([
      expect.stringContaining('Entry 2 follows entry 0'),
    ]);
    expect(verify([one, two, two, three]).intact).toBe(false);
    expect(verify([two, one, three]).intact).toBe(false);
  });

  it('finds by a head that was noted that the end was cut off, or all written anew', () => {
    const entries = trail(5);
    const noted = { sequence: 4, hash: entries[3]?.hash ?? '' };

    expect(verify(entries, noted).intact).toBe(true);
    expect(verify(entries.slice(0, 3), noted).problems).toEqual([
      expect.stringContaining('its end was cut off'),
    ]);
    expect(verify(entries, { sequence: 4, hash: 'f'.repeat(64) }).problems).toEqual([
      expect.stringContaining('Entry 4 has another hash than the head that was noted'),
    ]);
  });

  it('tells twenty problems at most', () => {
    const forged = trail(50).map((entry) => ({ ...entry, state: 'succeeded' }));

    expect(verify(forged).problems).toHaveLength(20);
  });
});
