import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { FakeApi } from './support/fake-api.ts';
import { run } from './support/run-cli.ts';
import { succeededDetail } from './support/samples.ts';

let api: FakeApi;
beforeEach(async () => {
  api = await FakeApi.start();
});
afterEach(() => api.close());

const ada = (...argv: string[]) => run(['--api', api.url, '--as', 'ada', ...argv]);
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
    expect((await ada('list', '--limit', '3', '--quiet')).stderr).toBe('');
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
