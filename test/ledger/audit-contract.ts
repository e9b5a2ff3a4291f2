import { beforeEach, describe, expect, test } from 'vitest';
import { contentHash } from '../../src/ledger/content-hash.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { type AuditEntry, emptyAudit, recordHashOf } from '../../src/model/audit.ts';
import { ids, sampleRequest } from '../model/samples.ts';
import { at, claimOf, decisionOf, later, walk } from './contract-samples.ts';

/** The whole trail, page by page. */
export async function wholeTrail(ledger: Ledger, pageSize = 7): Promise<readonly AuditEntry[]> {
  const all: AuditEntry[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page = await ledger.listAudit({ after, pageSize });
    all.push(...page.entries);
    after = page.next;
  }
  return all;
}

/** Gaps, wrong links and wrong hashes of a trail, told without the code that is tested. */
export function faultsOf(trail: readonly AuditEntry[]): readonly string[] {
  return trail.flatMap(({ hash, ...entry }, index) => [
    ...(entry.sequence === index + 1 ? [] : [`${entry.sequence} stands at ${index + 1}`]),
    ...(entry.previousHash === (trail[index - 1]?.hash ?? '0'.repeat(64))
      ? []
      : [`${entry.sequence} does not follow`]),
    ...(contentHash(entry) === hash ? [] : [`${entry.sequence} has another hash`]),
  ]);
}

/** What every store's audit trail must do. */
export function describeAuditContract(getLedger: () => Ledger): void {
  describe('the audit trail', () => {
    let ledger: Ledger;

    beforeEach(() => {
      ledger = getLedger();
    });

    test('is empty at first', async () => {
      expect(await ledger.auditHead()).toEqual(emptyAudit);
      expect(await ledger.listAudit({ pageSize: 10 })).toEqual({ entries: [] });
    });

    test('gets one entry for each change and decision, two for a decision with a change', async () => {
      const request = sampleRequest({
        id: 'RITM1',
        requester: {
          name: 'Ada',
          email: 'ada@x.example',
          objectId: ids.requester,
          tenantId: ids.managedTenant,
        },
      });
      await ledger.claimRequest({ ...claimOf('RITM1'), request }, at);
      const claimed = await ledger.getRequest('RITM1');
      // It is claimed already, with the same content.
      const parked = await walk(
        ledger,
        'RITM1',
        ...(['planning', 'deploying', 'compensating', 'compensation-failed'] as const),
      );
      expect(parked.state).toBe('compensation-failed');
      const resume = { ...decisionOf('d1', 'RITM1'), decision: 'resume', at: later } as const;
      await ledger.recordDecision(resume, { change: { state: 'compensating' } });
      const trail = await wholeTrail(ledger);

      expect(trail.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
        'request-claimed received',
        'request-changed planning',
        'request-changed deploying',
        'request-changed compensating',
        'request-changed compensation-failed',
        'decision-recorded compensation-failed',
        'request-changed compensating',
      ]);
      expect(faultsOf(trail)).toEqual([]);
      expect(trail[0]).toMatchObject({
        at,
        requestId: 'RITM1',
        actor: { name: 'Ada', objectId: ids.requester, tenantId: ids.managedTenant },
        facts: { operation: 'allocate', tenant: 'fabrikam' },
        recordHash: contentHash(claimed),
      });
      expect(trail[1]?.actor).toEqual({ name: 'workflow' });
      expect(trail[5]).toMatchObject({
        at: later,
        actor: { name: 'Ada', objectId: ids.approver, tenantId: ids.managementTenant },
        facts: { decision: 'resume', channel: 'queue', decisionHash: contentHash(resume) },
      });
      expect(trail[6]?.actor).toEqual(trail[5]?.actor);
      const { sequence, hash } = trail[6] as AuditEntry;
      expect(await ledger.auditHead()).toEqual({ sequence, hash });
      const record = await ledger.getRequest('RITM1');
      expect(trail[6]?.recordHash).toBe(recordHashOf(record as object, contentHash));
      expect(record?.revision).toBe(7);
    });

    test('gets nothing for repetitions, contradictions, refusals and what is no change of a record', async () => {
      await walk(ledger, 'RITM1', 'planning');
      await ledger.recordDecision(decisionOf('d1', 'RITM1'));
      const { pendingEvent: _, ...failed } = {
        ...(await ledger.updateRequest(
          'RITM1',
          { state: 'failed', pendingEvent: 'allocation.failed' },
          at,
        )),
      };
      const head = await ledger.auditHead();
      await ledger.claimRequest(claimOf('RITM1'), later);
      await ledger.claimRequest(claimOf('RITM1', 'other'), later);
      await ledger.recordDecision(decisionOf('d1', 'RITM1'));
      await ledger.recordDecision(decisionOf('d2', 'RITM1'), { ifRevision: 99 });
      await ledger.updateRequest('RITM1', { state: 'failed' }, later);
      await ledger.updateRequest('RITM1', { state: 'planning' }, later).catch(() => undefined);
      await ledger.markOutcomePublished('RITM1');
      expect(await ledger.auditHead()).toEqual(head);
      expect(await ledger.getRequest('RITM1')).toEqual(failed);
      const trail = await wholeTrail(ledger);
      expect(trail.at(-1)?.recordHash).toBe(contentHash(failed));
    });

    test('never holds a mail address, wherever people wrote one', async () => {
      const mail = 'kim.lee+vnet@mail.fabrikam.example';
      const request = sampleRequest({
        id: 'RITM1',
        reason: `asked for by <${mail}>`,
        requester: { name: mail, email: mail },
        ticket: { system: 'mail', id: `from ${mail}` },
      });
      await ledger.claimRequest({ ...claimOf('RITM1'), request }, at);
      const by = { name: `Kim (${mail})`, email: mail, objectId: 'o', tenantId: 't' };
      await ledger.recordDecision({ ...decisionOf('d1', 'RITM1'), by, reason: `see ${mail}` });
      const trail = JSON.stringify(await wholeTrail(ledger));
      expect(trail).not.toContain('fabrikam.example');
      expect(trail).toContain('asked for by <(mail address)>');
      expect(trail).toContain('Kim ((mail address))');
    });

    test('is listed page by page, also for one request', async () => {
      for (const id of ['A', 'B', 'C']) await walk(ledger, id, 'planning', 'failed');
      const trail = await wholeTrail(ledger, 2);
      expect(trail.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      const first = await ledger.listAudit({ requestId: 'B', pageSize: 2 });
      expect(first.entries.map(({ sequence }) => sequence)).toEqual([4, 5]);
      expect(first.next).toBe(5);
      const rest = await ledger.listAudit({ requestId: 'B', pageSize: 2, after: 5 });
      expect(rest.entries.map(({ sequence }) => sequence)).toEqual([6]);
      expect(rest).not.toHaveProperty('next');
      expect((await ledger.listAudit({ pageSize: 9 })).next).toBeUndefined();
    });
  });
}
