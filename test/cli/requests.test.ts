import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { allocateRequestSchema, removeRequestSchema } from '../../src/model/requests.ts';
import { FakeApi } from './support/fake-api.ts';
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
    expect(stderr.match(/9 prerequisites met/g)).toHaveLength(1);
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
