import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { FakeApi, problem } from './support/fake-api.ts';
import { run } from './support/run-cli.ts';
import { failedDetail, sampleDetail, succeededDetail } from './support/samples.ts';

let api: FakeApi;
beforeEach(async () => {
  api = await FakeApi.start();
});
afterEach(() => api.close());

const ada = (...argv: string[]) => run(['--api', api.url, '--as', 'ada', ...argv]);
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
        // Not even the pause between two looks is waited for.
        onSleep: (_, interrupt) => {
          interrupt();
          return new Promise(() => {});
        },
      },
    );

    expect(code).toBe(exitCodes.interrupted);
    expect(stderr).toContain('Stopped watching; NET-7 goes on.');
    expect(stderr).toContain('vnetv show NET-7 --watch');
    expect(api.callsOf('POST')).toEqual([]);
  });
});
