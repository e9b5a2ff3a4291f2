import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type LandscapeFile, readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import {
  approveInTurn,
  approver,
  decision,
  enters,
  eventTypes,
  largeRequest,
  nothing,
  operator,
  otherApprover,
  requester,
  traceOf,
} from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

const hourMs = 3_600_000;

/** Two of the network platform, then an operator; short enough that a test waits through all of it. */
function staged(): LandscapeFile {
  const { landscape, emulatedAzure } = readLandscapeFile();
  const stages = [
    {
      name: 'network',
      approvers: ['network-platform'],
      minApprovals: 2,
      timeLimitHours: 6,
      remindAfterHours: 1,
      escalateAfterHours: 2,
      escalateTo: ['operators'],
    },
    {
      name: 'operations',
      approvers: ['operators'],
      minApprovals: 1,
      timeLimitHours: 3,
      escalateTo: [],
    },
  ];
  return { emulatedAzure, landscape: { ...landscape, policy: { ...landscape.policy, stages } } };
}

let test: TestPlatform;

beforeAll(async () => {
  test = await TestPlatform.start({ landscapeFile: staged() });
});
afterAll(async () => {
  await test?.close();
});

const kinds = async (id: string, platform = test) =>
  (await platform.ledger.listDecisions(id)).map(
    ({ decision: kind, stage, by }) => `${kind} ${stage ?? '-'} ${by.name}`,
  );

/** Hours from the plan to the end of the request. */
async function hoursOf(id: string, platform = test): Promise<number> {
  const record = await platform.ledger.getRequest(id);
  return (Date.parse(record?.updatedAt ?? '') - Date.parse(record?.plan?.madeAt ?? '')) / hourMs;
}

async function waits(id: string): Promise<void> {
  await test.send(largeRequest(test, id));
  await enters(test, id, 'awaiting-approval');
  await test.settle();
}

describe('an approval in stages', () => {
  it('is complete with enough people of the right groups, each stage asked for when it begins', async () => {
    await waits('STAGES-1');
    await test.send({ ...decision('STAGES-1', 'approve'), by: operator });
    await test.settle();
    expect((await test.rejected())[0]?.applicationProperties?.['rejectReason']).toBe(
      'Unauthorized',
    );
    await approveInTurn(test, 'STAGES-1', [approver]);
    // The same person once more is no second one.
    await test.send({ ...decision('STAGES-1', 'approve'), by: approver, reason: 'once more' });
    await test.settle();
    expect((await test.ledger.getRequest('STAGES-1'))?.state).toBe('awaiting-approval');
    await test.send({ ...decision('STAGES-1', 'approve'), by: otherApprover });
    await test.settle();
    expect((await test.ledger.getRequest('STAGES-1'))?.state).toBe('awaiting-approval');
    await test.send({ ...decision('STAGES-1', 'approve'), by: operator, reason: 'and me' });
    expect((await test.runToEnd('STAGES-1')).state).toBe('succeeded');

    expect(await kinds('STAGES-1')).toEqual([
      'approve network Ben Approver',
      'approve network Cleo Approver',
      'approve operations Olu Operator',
    ]);
    await test.settle();
    const told = (await test.events()).filter(({ subject }) => subject === 'STAGES-1');
    expect(told.map(({ id }) => id).filter((id) => id.includes('approval.'))).toEqual([
      'STAGES-1:approval.requested:network',
      'STAGES-1:approval.requested:operations',
      'STAGES-1:approval.granted',
    ]);
    expect(await test.rejected()).toEqual([]);
  });

  it('reminds, escalates and expires in its time, on record, with its events', async () => {
    await waits('STAGES-2');
    await approveInTurn(test, 'STAGES-2', [approver]);
    const record = await test.runToEnd('STAGES-2');

    expect([record.state, record.error?.code]).toEqual(['expired', 'ApprovalExpired']);
    expect(record.error?.message).toContain('not approved within 6 hours');
    expect(await hoursOf('STAGES-2')).toBeCloseTo(6, 1);
    expect(await kinds('STAGES-2')).toEqual([
      'approve network Ben Approver',
      'escalate network policy',
      'expire network policy',
    ]);
    expect(await eventTypes(test, 'STAGES-2')).toEqual([
      'request.submitted',
      'request.planned',
      'approval.requested',
      'approval.reminded',
      'approval.escalated',
      'approval.expired',
      'allocation.failed',
    ]);
    expect(await traceOf(test, 'STAGES-2')).toEqual(nothing);
  });

  it('is open to those it was escalated to, and its next stage has a time limit of its own', async () => {
    await waits('STAGES-3');
    await approveInTurn(test, 'STAGES-3', [approver]);
    await test.runUntil('the escalation', async () =>
      (await kinds('STAGES-3')).includes('escalate network policy'),
    );
    await test.send({ ...decision('STAGES-3', 'approve'), by: operator });
    const record = await test.runToEnd('STAGES-3');

    // Nobody but Olu is an operator, and who has approved the plan once counts no second time.
    expect(record.state).toBe('expired');
    expect(await kinds('STAGES-3')).toEqual([
      'approve network Ben Approver',
      'escalate network policy',
      'approve network Olu Operator',
      'expire operations policy',
    ]);
    expect(await hoursOf('STAGES-3')).toBeCloseTo(5, 1);
  });

  it('is overridden by a superuser, with the reason on record, and by nobody else', async () => {
    await waits('GLASS-1');
    const breakGlass = { ...decision('GLASS-1', 'approve'), decision: 'break-glass' };
    await test.send({ ...breakGlass, by: approver });
    await test.settle();
    expect((await test.rejected())[0]?.applicationProperties?.['rejectReason']).toBe(
      'Unauthorized',
    );
    await test.send({ ...breakGlass, by: operator, reason: 'the site is down' });
    expect((await test.runToEnd('GLASS-1')).state).toBe('succeeded');
    expect(await test.ledger.listDecisions('GLASS-1')).toMatchObject([
      { decision: 'break-glass', by: operator, reason: 'the site is down' },
    ]);
  });

  it.each([
    ['rejected', 'reject', approver],
    ['cancelled', 'cancel', requester],
  ] as const)('can be %s while a later stage waits', async (state, kind, by) => {
    const id = `LATER-${state.toUpperCase()}`;
    await waits(id);
    await approveInTurn(test, id, [approver, otherApprover]);
    await test.settle();
    const own = kind === 'reject' ? operator : by;
    await test.send({ ...decision(id, kind), by: own });
    expect((await test.runToEnd(id)).state).toBe(state);
    expect(await traceOf(test, id)).toEqual(nothing);
  });
});

describe('a wait whose run was lost', () => {
  it('goes on with the time limit that it had, and tells nobody twice', {
    timeout: 120_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-wait-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const id = 'WAIT-LOST';
    const first = await TestPlatform.start({ landscapeFile: staged(), dataDirectory: folder });
    const { clock } = first;
    await first.send(largeRequest(first, id));
    await first.runUntil('the escalation', async () =>
      (await kinds(id, first)).includes('escalate network policy'),
    );
    await first.settle();
    const before = (await first.events()).map((event) => event.id);
    await first.close();
    for (const file of readdirSync(folder).filter((name) => name.startsWith('durable.db'))) {
      rmSync(join(folder, file));
    }
    const again = await TestPlatform.start({
      landscapeFile: staged(),
      dataDirectory: folder,
      clock,
    });
    onTestFinished(() => again.close());
    const record = await again.runToEnd(id);
    await again.settle();

    expect(record.state).toBe('expired');
    expect(await hoursOf(id, again)).toBeCloseTo(6, 1);
    const after = (await again.events()).map((event) => event.id);
    const isApproval = (event: string) => event.includes(':approval.');
    expect(before.filter(isApproval)).toHaveLength(3);
    expect(after.filter(isApproval)).toEqual([`${id}:approval.expired`]);
  });
});
