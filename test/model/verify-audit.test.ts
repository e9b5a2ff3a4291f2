import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../src/ledger/content-hash.ts';
import {
  type AuditDraft,
  type AuditEntry,
  type AuditHead,
  emptyAudit,
  recordHashOf,
  sealEntry,
} from '../../src/model/audit.ts';
import { type AuditedRequest, verifyAudit } from '../../src/model/verify-audit.ts';

interface History {
  readonly trail: readonly AuditEntry[];
  readonly requests: readonly AuditedRequest[];
}

function seal(drafts: readonly AuditDraft[]): readonly AuditEntry[] {
  const trail: AuditEntry[] = [];
  for (const draft of drafts) {
    trail.push(sealEntry(trail.at(-1) ?? emptyAudit, draft, contentHash));
  }
  return trail;
}

/** What happened, one after the other: a request by its number, and whether a decision was made on it. */
const happenings = fc.array(
  fc.record({ request: fc.nat(3), isDecision: fc.boolean(), reason: fc.string({ maxLength: 5 }) }),
  { minLength: 1, maxLength: 25 },
);

function historyOf(happened: readonly { request: number; isDecision: boolean; reason: string }[]) {
  const requests = new Map<
    number,
    { id: string; revision: number; decisions: readonly object[] }
  >();
  const drafts = happened.map(({ request, isDecision, reason }, index): AuditDraft => {
    const known = requests.get(request);
    const { id, revision, decisions } = known ?? { id: `R${request}`, revision: 0, decisions: [] };
    const decision = known && isDecision ? { id: `d${index}`, reason } : undefined;
    requests.set(request, {
      ...{ id, revision: revision + 1 },
      decisions: decision ? [...decisions, decision] : decisions,
    });
    return {
      at: `2026-01-01T00:00:${String(index).padStart(2, '0')}.000Z`,
      requestId: id,
      kind: known ? (decision ? 'decision-recorded' : 'request-changed') : 'request-claimed',
      state: 'planning',
      actor: { name: 'Ada' },
      facts: decision ? { reason, decisionHash: contentHash(decision) } : { reason },
      recordHash: recordHashOf({ id, revision: revision + 1 }, contentHash),
    };
  });
  return {
    trail: seal(drafts),
    requests: [...requests.values()].map(
      ({ decisions, ...record }): AuditedRequest => ({ record, decisions }),
    ),
  };
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

const verify = (
  { trail, requests }: History,
  { noted = [], asOf }: { noted?: readonly AuditHead[]; asOf?: number } = {},
) =>
  verifyAudit({
    entries: each(trail),
    hashOf: contentHash,
    noted,
    requests: { asOf: asOf ?? trail.length, each: each(requests) },
  });

/** Ways to get at a list: each makes another one of it, or the same when it does not fit. */
const edits = {
  change: (trail, at, text) =>
    trail.with(at, { ...at_(trail, at), actor: { name: `Eve ${text}` } }),
  'set another hash of the record': (trail, at) =>
    trail.with(at, { ...at_(trail, at), recordHash: 'f'.repeat(64) }),
  remove: (trail, at) => trail.toSpliced(at, 1),
  repeat: (trail, at) => trail.toSpliced(at, 0, at_(trail, at)),
  insert: (trail, at, text) =>
    trail.toSpliced(at, 0, { ...at_(trail, at), requestId: `R9 ${text}` }),
  swap: (trail, at) => {
    const next = (at + 1) % trail.length;
    return trail.with(at, at_(trail, next)).with(next, at_(trail, at));
  },
  reverse: (trail) => trail.toReversed(),
  'cut off': (trail, at) => trail.slice(0, at),
} satisfies Record<
  string,
  (trail: readonly AuditEntry[], at: number, text: string) => readonly AuditEntry[]
>;

const at_ = (trail: readonly AuditEntry[], at: number): AuditEntry => trail[at] as AuditEntry;

const edit = fc.record({
  kind: fc.constantFrom(...(Object.keys(edits) as (keyof typeof edits)[])),
  position: fc.nat(1_000),
  text: fc.string({ maxLength: 3 }),
});

describe('the verification of the audit trail', () => {
  it('finds nothing in any history as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (happened) => {
        const history = historyOf(happened);
        const head = history.trail.at(-1) ?? emptyAudit;
        expect(await verify(history, { noted: [head, emptyAudit] })).toEqual({
          intact: true,
          entries: history.trail.length,
          head: { sequence: head.sequence, hash: head.hash },
          problems: [],
        });
      }),
      { numRuns: 200 },
    );
  });

  it('finds any change, removal, repetition, insertion, new order and cut, by the chain and the records', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, edit, async (happened, { kind, position, text }) => {
        const history = historyOf(happened);
        const trail = edits[kind](history.trail, position % history.trail.length, text);
        fc.pre(contentHash(trail) !== contentHash(history.trail));
        const { intact } = await verify({ ...history, trail }, { asOf: history.trail.length });
        expect(intact).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('finds any of these, written anew with hashes that fit, by a head that was noted', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, edit, async (happened, { kind, position, text }) => {
        const history = historyOf(happened);
        const edited = edits[kind](history.trail, position % history.trail.length, text);
        const trail = seal(
          edited.map(({ sequence: _, previousHash: __, hash: ___, ...rest }) => rest),
        );
        fc.pre(contentHash(trail) !== contentHash(history.trail));
        const noted = history.trail.slice(-1);
        expect((await verify({ ...history, trail }, { noted })).intact).toBe(false);
        // The records apart: heads tell all but what was written behind the last one.
        const isLonger =
          contentHash(trail.slice(0, happened.length)) === contentHash(history.trail);
        const chain = await verify({ trail, requests: [] }, { noted, asOf: 0 });
        expect(chain.intact).toBe(isLonger);
      }),
      { numRuns: 500 },
    );
  });

  it('finds a record or decision that is not as the trail tells it', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, fc.nat(100), fc.nat(4), async (happened, which, how) => {
        const history = historyOf(happened);
        const at = which % history.requests.length;
        const { record, decisions } = history.requests[at] as AuditedRequest;
        const others: (AuditedRequest | undefined)[] = [
          { record: { ...record, id: 'R9' }, decisions },
          { record: { ...record, revision: record.revision + 1 }, decisions },
          { record: { ...record, ...{ state: 'failed' } }, decisions },
          { record, decisions: [...decisions, { id: 'forged' }] },
          decisions.length > 0 ? { record, decisions: decisions.slice(1) } : undefined,
        ];
        const other = others[how];
        const requests = history.requests.toSpliced(at, 1, ...(other ? [other] : []));
        expect((await verify({ ...history, requests })).intact).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('takes records that were read before the last entries were written', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, fc.nat(100), async (happened, cut) => {
        const asOf = cut % happened.length;
        const { requests } = historyOf(happened.slice(0, asOf));
        const { trail } = historyOf(happened);
        expect(await verify({ trail, requests }, { asOf })).toMatchObject({ problems: [] });
      }),
      { numRuns: 200 },
    );
  });

  it('tells what is no entry, and a store that cannot be read', async () => {
    const { trail, requests } = historyOf([{ request: 1, isDecision: false, reason: 'x' }]);
    const [entry] = trail;
    const strange = { ...entry, note: 'more than an entry has' };
    const found = await verify({ trail: [strange as AuditEntry], requests });
    expect(found.problems[0]).toBe('What follows entry 0 is no entry of an audit trail.');
    const broken = await verifyAudit({
      hashOf: contentHash,
      noted: [],
      // biome-ignore lint/correctness/useYield: it breaks before.
      entries: (async function* () {
        throw new Error('disk full');
      })(),
    });
    expect(broken).toMatchObject({
      intact: false,
      problems: ['The ledger cannot be read to its end: disk full'],
    });
  });

  it('tells twenty problems at most', async () => {
    const happened = Array.from({ length: 25 }, () => ({
      ...{ request: 1, isDecision: false, reason: '' },
    }));
    const { trail, requests } = historyOf(happened);
    const forged = trail.map((entry) => ({ ...entry, state: 'failed' }));
    expect((await verify({ trail: forged, requests })).problems).toHaveLength(20);
  });
});
