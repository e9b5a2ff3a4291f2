import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import type { ApprovalView } from '../../src/model/api/request-views.ts';
import { FakeApi, problem } from './support/fake-api.ts';
import { run } from './support/run-cli.ts';
import { planHash, sampleDetail, succeededDetail } from './support/samples.ts';

let api: FakeApi;
beforeEach(async () => {
  api = await FakeApi.start();
});
afterEach(() => api.close());

const ada = (...argv: string[]) => run(['--api', api.url, '--as', 'ada', ...argv]);
const sent = () => api.callsOf('POST').at(-1)?.body as Record<string, unknown>;
const openApproval = {
  status: 'open' as const,
  stage: 'network',
  stageNumber: 1,
  stages: 1,
  approvals: 0,
  minApprovals: 2,
  approvers: [] as string[],
  escalated: false,
} satisfies ApprovalView;

describe('decisions', () => {
  beforeEach(() => {
    api.addRequest();
  });

  it('an approval is bound to the plan that the API shows', async () => {
    const { code, stdout } = await ada('approve', 'NET-7', '--yes', '--reason', 'fine');

    expect(code).toBe(exitCodes.ok);
    expect(sent()).toEqual({ decision: 'approve', planHash, reason: 'fine' });
    expect(stdout).toContain('NET-7 awaiting-approval');
  });

  it('without a terminal it takes a yes or the hash of the plan, and no other hash', async () => {
    const without = await ada('approve', 'NET-7');
    const wrong = await ada('approve', 'NET-7', '--plan-hash', 'f'.repeat(64), '--yes');
    expect(api.callsOf('POST')).toEqual([]);
    const right = await ada('approve', 'NET-7', '--plan-hash', planHash);

    expect(without.code).toBe(exitCodes.usage);
    expect(without.stderr).toContain('--plan-hash HASH');
    expect(wrong.code).toBe(exitCodes.conflict);
    expect(wrong.stderr).toContain(planHash);
    expect(right.code).toBe(exitCodes.ok);
  });

  it('there is nothing to approve before there is a plan', async () => {
    const { plan: _, ...unplanned } = sampleDetail;
    api.requests.set('NET-7', { ...unplanned, state: 'planning' });

    expect((await ada('approve', 'NET-7', '--yes')).code).toBe(exitCodes.conflict);
  });

  it('the decision of the API stands: a refusal is told', async () => {
    api.scripted.push(
      { status: 200, body: JSON.stringify(sampleDetail) },
      problem(403, 'Unauthorized', 'Nobody may approve their own request.'),
    );
    const { code, stderr } = await ada('approve', 'NET-7', '--yes');

    expect(code).toBe(exitCodes.notAllowed);
    expect(stderr).toContain('Nobody may approve their own request.');
  });

  it.each([
    [
      ['reject', 'NET-7', '-r', 'too large'],
      '/api/requests/NET-7/decisions',
      { decision: 'reject', planHash, reason: 'too large' },
    ],
    [
      ['break-glass', 'NET-7', '-r', 'outage', '-y'],
      '/api/requests/NET-7/decisions',
      { decision: 'break-glass', planHash, reason: 'outage' },
    ],
    [['cancel', 'NET-7', '-r', 'no need'], '/api/requests/NET-7/cancel', { reason: 'no need' }],
    [
      ['resume', 'NET-7', '-r', 'lock is gone'],
      '/api/requests/NET-7/resume',
      { reason: 'lock is gone' },
    ],
  ])('vnetv %j posts to %s', async (argv, path, body) => {
    const { code } = await ada(...argv);

    expect(code).toBe(exitCodes.ok);
    expect(api.callsOf('POST').at(-1)).toMatchObject({ path, body });
  });

  it('waits a moment for the workflow to hear of a decision, and no longer', async () => {
    const decided = { ...sampleDetail, approval: { ...openApproval, status: 'approved' as const } };
    api.story.push(sampleDetail, decided, decided, { ...decided, state: 'deploying' });
    const heard = await ada('approve', 'NET-7', '--yes');
    api.story.splice(0, 9, sampleDetail, decided);
    const late = await ada('approve', 'NET-7', '--yes');
    api.story.splice(0, 9, { ...sampleDetail, approval: openApproval });
    const others = await ada('approve', 'NET-7', '--yes');

    expect(heard.stdout).toContain('NET-7 deploying');
    expect(late.sleeps).toEqual([500, 500, 500, 500]);
    expect(others.sleeps).toEqual([]);
  });

  it.each(['reject', 'break-glass', 'cancel', 'resume', 'remove'])(
    '%s needs a reason',
    async (command) => {
      const { code, stderr } = await ada(command, 'NET-7');

      expect(code).toBe(exitCodes.usage);
      expect(stderr).toContain('--reason');
    },
  );

  it('a cancellation that is watched has gone well when the request is cancelled', async () => {
    api.requests.set('NET-7', { ...sampleDetail, state: 'cancelled' });
    expect((await ada('cancel', 'NET-7', '-r', 'x', '--watch')).code).toBe(exitCodes.ok);
    api.requests.set('NET-7', succeededDetail);
    expect((await ada('cancel', 'NET-7', '-r', 'x', '--watch')).code).toBe(exitCodes.endedBadly);
  });
});
