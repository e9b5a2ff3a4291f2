import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { allocateRequestSchema, removeRequestSchema } from '../../src/model/requests.ts';
import { FakeApi, problem } from './support/fake-api.ts';
import { run } from './support/run-cli.ts';
import {
  failedDetail,
  planHash,
  sampleDetail,
  subscriptionId,
  succeededDetail,
  vnetId,
} from './support/samples.ts';

let api: FakeApi;
let folder: string;
beforeEach(async () => {
  api = await FakeApi.start();
  folder = mkdtempSync(join(tmpdir(), 'vnetv-test-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await api.close();
});

const ada = (...argv: string[]) => run(['--api', api.url, '--as', 'ada', ...argv]);
const sent = () => api.callsOf('POST').at(-1)?.body as Record<string, unknown>;
const requester = { name: 'Ada' };

const openApproval = {
  ...{
    status: 'open' as const,
    stage: 'network',
    stageNumber: 1,
    stages: 1,
    approvals: 0,
    minApprovals: 2,
  },
  ...{ approvers: [], escalated: false },
};
const common = [
  '--tenant',
  'fabrikam',
  '-g',
  'rg-payments',
  '-n',
  'vnet-payments',
  '--reason',
  'new environment',
];

describe('vnetv request', () => {
  it('makes an allocate request of its options; what the API knows need not be said', async () => {
    const { code, stdout } = await ada(
      'request',
      ...common,
      ...['--id', 'NET-1', '--pool', 'corp-centralus', '--size', '256'],
      ...[
        '--subnet',
        'app=128',
        '--subnet',
        'data=/26',
        '--tag',
        'costCentre=1=2',
        '--ticket',
        'jira=NET-1',
      ],
    );

    expect(code).toBe(exitCodes.ok);
    expect(stdout).toContain('NET-1 is accepted (received)');
    expect(sent()).toEqual({
      id: 'NET-1',
      operation: 'allocate',
      reason: 'new environment',
      ticket: { system: 'jira', id: 'NET-1' },
      target: {
        tenant: 'fabrikam',
        subscriptionId,
        resourceGroup: 'rg-payments',
        virtualNetwork: 'vnet-payments',
        location: 'centralus',
      },
      allocations: [{ pool: 'corp-centralus', numberOfIpAddresses: 256 }],
      subnets: [
        { name: 'app', numberOfIpAddresses: 128 },
        { name: 'data', prefixLength: 26 },
      ],
      tags: { costCentre: '1=2' },
    });
    expect(allocateRequestSchema.safeParse({ ...sent(), requester }).success).toBe(true);
  });

  it('takes two pools with sizes of their own, and counts that no number of JSON holds', async () => {
    await ada(
      'request',
      ...common,
      '--location',
      'westeurope',
      '--pool',
      'v4=/22',
      '--pool',
      `v6=${2n ** 72n}`,
    );

    expect(sent()).toMatchObject({
      id: expect.stringMatching(/^CLI-20261128-[2-9A-Z]{8}$/),
      target: { location: 'westeurope' },
      allocations: [
        { pool: 'v4', prefixLength: 22 },
        { pool: 'v6', numberOfIpAddresses: (2n ** 72n).toString() },
      ],
    });
    expect(allocateRequestSchema.safeParse({ ...sent(), requester }).success).toBe(true);
  });

  it('names everything that is missing at once', async () => {
    const { code, stderr } = await ada(
      'request',
      '--tenant',
      'fabrikam',
      '--pool',
      'corp-centralus',
    );

    expect(code).toBe(exitCodes.usage);
    expect(stderr).toContain('lacks --resource-group, --vnet, --reason, --size or --prefix-length');
    expect(api.calls).toEqual([]);
  });

  it('asks which subscription, where a tenant has several', async () => {
    const { code, stderr } = await ada(
      ...['request', ...common, '--tenant', 'northwind', '--pool', 'corp-centralus', '--size', '8'],
    );

    expect(code).toBe(exitCodes.usage);
    expect(stderr).toContain("The tenant 'northwind' has not exactly one subscription");
  });

  it.each([
    ['--size', '0'],
    ['--size', '1.5'],
    ['--prefix-length', '129'],
    ['--subnet', 'app'],
    ['--subnet', 'app='],
    ['--tag', '=x'],
    ['--ticket', 'jira'],
    ['--pool', 'p=x'],
    ['--timeout', '5 weeks'],
  ])('refuses %s %s', async (flag, value) => {
    const { code, stderr } = await ada('request', flag, value);

    expect(code).toBe(exitCodes.usage);
    expect(stderr).toContain(flag);
  });

  it('sends a file as it is, with --id instead of its own', async () => {
    const file = join(folder, 'request.json');
    const request = { id: 'NET-2', operation: 'associate', pools: ['corp-centralus'], reason: 'x' };
    writeFileSync(file, JSON.stringify(request));
    await ada('request', '-f', file);
    expect(sent()).toEqual(request);
    await ada('request', '-f', file, '--id', 'NET-3');
    expect(sent()).toEqual({ ...request, id: 'NET-3' });
  });

  it('reads the standard input', async () => {
    const argv = ['--api', api.url, '--as', 'ada', 'request', '-f', '-'];
    const { code } = await run(argv, { stdin: '{ "id": "NET-4", "operation": "allocate" }' });

    expect(code).toBe(exitCodes.ok);
    expect(sent()).toEqual({ id: 'NET-4', operation: 'allocate' });
  });

  it.each([
    ['no json', 'is no JSON'],
    ['[1]', 'holds no JSON object'],
    ['null', 'holds no JSON object'],
    ['', 'is no JSON'],
  ])('refuses the input %j', async (stdin, expected) => {
    const argv = ['--api', api.url, '--as', 'ada', 'request', '-f', '-'];
    const { code, stderr } = await run(argv, { stdin });

    expect(code).toBe(exitCodes.usage);
    expect(stderr).toContain(expected);
  });

  it('refuses a file that is not there, and options beside a file', async () => {
    const missing = await ada('request', '-f', join(folder, 'nothing.json'));
    const mixed = await ada('request', '-f', 'x.json', '--tenant', 'fabrikam', '--size', '8');

    expect(missing.stderr).toContain('cannot be read: ENOENT');
    expect(mixed.stderr).toContain('-f and --tenant, --size exclude one another');
    expect([missing.code, mixed.code]).toEqual([exitCodes.usage, exitCodes.usage]);
  });

  it('--dry-run shows the plan and makes no request; one that cannot be carried out ends with 6', async () => {
    const argv = ['request', ...common, '--pool', 'corp-centralus', '--size', '8', '--dry-run'];
    const good = await ada(...argv);
    api.preview = { riskFlags: [], ...(failedDetail.error ? { error: failedDetail.error } : {}) };
    const bad = await ada(...argv);

    expect(good.stdout).toContain(planHash);
    expect(good.code).toBe(exitCodes.ok);
    expect(bad.code).toBe(exitCodes.endedBadly);
    expect(bad.stdout).toContain('What was done could not be taken back.');
    expect(api.callsOf('POST').map(({ path }) => path)).toEqual(['/api/plans', '/api/plans']);
  });

  it('--watch tells what happens on the error output, and the result on the other', async () => {
    api.story.push(sampleDetail, { ...sampleDetail, state: 'deploying' }, succeededDetail);
    const { code, stdout, stderr } = await ada(
      ...[
        'request',
        ...common,
        '--id',
        'NET-7',
        '--pool',
        'corp-centralus',
        '--size',
        '8',
        '--watch',
      ],
    );

    expect(code).toBe(exitCodes.ok);
    expect(stdout).toMatch(
      /^✓ NET-7 succeeded: allocate vnet-payments\n {2}prefixes {2}10\.0\.0\.0\/22\n/,
    );
    expect(stderr).toMatch(
      /2026-11-28T17:00:02\.000Z succeeded: 9 prerequisites met\.\n.*agree on 10/,
    );
  });

  it('prints the JSON of the API, whatever the command', async () => {
    const accepted = await ada(
      'request',
      ...common,
      '--id',
      'NET-9',
      '--pool',
      'p',
      '--size',
      '8',
      '-l',
      'x',
      '--json',
    );
    api.addRequest(succeededDetail);
    const watched = await ada('show', 'NET-7', '--watch', '--json', '--quiet');

    expect(JSON.parse(accepted.stdout)).toEqual({
      id: 'NET-9',
      state: 'received',
      location: '/api/requests/NET-9',
    });
    expect(JSON.parse(watched.stdout)).toEqual(succeededDetail);
    expect(watched.stderr).toBe('');
  });
});

describe('watching', () => {
  it('a request that ends without success ends with 6', async () => {
    api.addRequest(failedDetail);

    expect((await ada('show', 'NET-7', '--watch')).code).toBe(exitCodes.endedBadly);
  });

  it('looks less often while nothing happens, and soon again when something does', async () => {
    api.story.push(
      ...Array<typeof sampleDetail>(8).fill(sampleDetail),
      { ...sampleDetail, revision: 4 },
      succeededDetail,
    );
    const { sleeps } = await ada('show', 'NET-7', '--watch');

    expect(sleeps.map(Math.round)).toEqual([
      500, 750, 1_125, 1_688, 2_531, 3_797, 5_695, 8_543, 500,
    ]);
  });

  it('goes on when the API is away for a while, and says so once', async () => {
    api.addRequest();
    let waits = 0;
    const { code, stderr } = await run(
      ['--api', api.url, '--as', 'ada', 'show', 'NET-7', '--watch'],
      {
        onSleep: () => {
          waits++;
          if (waits === 1)
            api.scripted.push(...Array.from({ length: 10 }, () => problem(503, 'Away', 'Away.')));
          if (api.scripted.length === 0 && waits > 1) api.requests.set('NET-7', succeededDetail);
        },
      },
    );

    expect(code).toBe(exitCodes.ok);
    expect(stderr.match(/Trying again; the request goes on/g)).toHaveLength(1);
  });

  it('does not wait for an API that never answered, nor for a request that is not there', async () => {
    expect((await ada('show', 'NET-404', '--watch')).code).toBe(exitCodes.notFound);
  });

  it('ends with Ctrl-C, which leaves the request alone', async () => {
    api.addRequest();
    const { code, stderr } = await run(
      ['--api', api.url, '--as', 'ada', 'show', 'NET-7', '--watch'],
      {
        onSleep: (_, interrupt) => interrupt(),
      },
    );

    expect(code).toBe(exitCodes.interrupted);
    expect(stderr).toContain('Stopped watching; NET-7 goes on.');
    expect(stderr).toContain('vnetv show NET-7 --watch');
    expect(api.callsOf('POST')).toEqual([]);
  });
});

describe('vnetv list', () => {
  beforeEach(() => {
    for (let number = 1; number <= 5; number++) api.addRequest({ id: `NET-${number}` });
    api.addRequest({ ...succeededDetail, id: 'NET-6' });
  });

  it('goes through the pages up to the limit, and says that there may be more', async () => {
    const all = await ada('list');
    const some = await ada('list', '--limit', '3');

    expect(all.stdout.match(/^NET-/gm)).toHaveLength(6);
    expect(all.stderr).toBe('');
    expect(some.stdout.match(/^NET-/gm)).toHaveLength(3);
    expect(some.stderr).toContain('There may be more');
  });

  it('gives programs the link of the API to what follows', async () => {
    const { stdout } = await ada('list', '--limit', '3', '--json');

    expect(JSON.parse(stdout)).toMatchObject({
      requests: [{}, {}, {}],
      next: expect.stringMatching(/^\/api\/requests\?page=3/),
    });
  });

  it('goes on behind a page that is empty', async () => {
    api.scripted.push({ status: 200, body: '{ "requests": [], "next": "/api/requests?page=4" }' });

    expect((await ada('list')).stdout.match(/^NET-/gm)).toEqual(['NET-', 'NET-']);
  });

  it('filters by what the API filters by', async () => {
    await ada(
      'list',
      '-s',
      'succeeded',
      '-s',
      'failed',
      '--tenant',
      'fabrikam',
      '--requester',
      'oid',
    );
    await ada('list', '--mine');
    await ada('list', '--awaiting-me', '--limit', '7');
    const queries = api
      .callsOf('GET')
      .filter(({ query }) => !query.has('page'))
      .map(({ query }) => `${query}`);

    expect(queries[0]).toContain('state=succeeded%2Cfailed');
    expect(queries[0]).toContain('requester=oid&tenant=fabrikam');
    expect(queries[1]).toContain('requester=me');
    expect(queries[2]).toBe('awaiting=me&pageSize=7');
  });

  it('has nothing to show when there is nothing', async () => {
    expect((await ada('list', '-s', 'expired')).stdout).toBe('No requests.\n');
    expect(JSON.parse((await ada('list', '-s', 'expired', '--json')).stdout)).toEqual({
      requests: [],
    });
  });

  it('refuses a state that is none', async () => {
    const { code, stderr } = await ada('list', '-s', 'done');

    expect(code).toBe(exitCodes.usage);
    expect(stderr).toContain('awaiting-approval');
  });
});

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

describe('vnetv remove', () => {
  it('asks for the removal of the VNet of a request', async () => {
    api.addRequest(succeededDetail);
    await ada('remove', 'NET-7', '-r', 'not needed any more', '--id', 'NET-8', '--detach-peerings');

    expect(sent()).toEqual({
      id: 'NET-8',
      operation: 'remove',
      mode: 'delete',
      reason: 'not needed any more',
      detachPeerings: true,
      target: {
        tenant: 'fabrikam',
        subscriptionId,
        resourceGroup: 'rg-payments',
        virtualNetwork: 'vnet-payments',
      },
    });
    expect(removeRequestSchema.safeParse({ ...sent(), requester }).success).toBe(true);
  });

  it('or of a VNet by its id, in the tenant that has its subscription', async () => {
    await ada('remove', '--vnet', vnetId.toUpperCase(), '--mode', 'disassociate', '-r', 'x');

    expect(sent()).toMatchObject({ mode: 'disassociate', target: { tenant: 'fabrikam' } });
  });

  it.each([
    [[], exitCodes.usage],
    [['NET-7', '--vnet', vnetId], exitCodes.usage],
    [['--vnet', 'vnet-payments'], exitCodes.usage],
    [['--vnet', vnetId.replace('b1', 'b9')], exitCodes.notFound],
    [['NET-404'], exitCodes.notFound],
    [['NET-7', '--mode', 'burn'], exitCodes.usage],
  ])('refuses %j', async (argv, exitCode) => {
    api.addRequest(succeededDetail);

    expect((await ada('remove', ...argv, '-r', 'x')).code).toBe(exitCode);
    expect(api.callsOf('POST')).toEqual([]);
  });
});

describe('vnetv doctor', () => {
  it('ends with 7 when something is missing, and with 0 when something is merely unknown', async () => {
    const unknown = { check: 'connection', status: 'unknown' as const, subject: 'x' };
    api.check = { ...api.check, findings: [unknown] };
    expect((await ada('doctor', 'fabrikam')).code).toBe(exitCodes.ok);
    api.check = { ...api.check, ready: false, findings: [{ ...unknown, status: 'failed' }] };
    expect((await ada('doctor', 'fabrikam')).code).toBe(exitCodes.failedChecks);
    expect((await ada('doctor', 'contoso')).code).toBe(exitCodes.notFound);
  });
});
