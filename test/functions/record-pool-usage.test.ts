import { expect, it } from 'vitest';
import { recordPoolUsage } from '../../src/functions/timers/record-pool-usage.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import { poolIds, sampleLandscape } from '../model/samples.ts';
import { ApiBench } from './http/api-bench.ts';

const { pools } = sampleLandscape();
const landscape = sampleLandscape({ pools: pools.slice(0, 2) });
const [first = '', second = ''] = landscape.pools.map(({ alias }) => alias);

function start() {
  const bench = new ApiBench({ app: { landscape } });
  const usage = { [first]: '10', [second]: '20' };
  const lines: Record<string, unknown>[] = [];
  bench.azure.getPoolUsage = async (id) =>
    success({
      addressPrefixes: [],
      availableAddressPrefixes: [],
      numberOfAllocatedIpAddresses: usage[id === poolIds.ipv4 ? first : second] ?? '',
      numberOfAvailableIpAddresses: '0',
      totalNumberOfIpAddresses: '100',
    });
  return {
    bench,
    usage,
    lines,
    async runAt(time: string) {
      bench.now = new Date(time);
      const log = (text: string) => void lines.push(JSON.parse(text));
      await recordPoolUsage(bench.app, { log, warn: log, error: log });
    },
    samples: async (alias: string) =>
      (await bench.ledger.listPoolUsage(alias, '')).map(
        ({ at, allocatedIpAddresses }) => `${at.slice(5, 16)} ${allocatedIpAddresses}`,
      ),
  };
}

it('a sample is taken when something changed, and once a day', async () => {
  const { runAt, usage, samples } = start();
  await runAt('2026-11-01T00:00:00.000Z');
  await runAt('2026-11-01T00:15:00.000Z');
  usage[first] = '11';
  await runAt('2026-11-01T00:30:00.000Z');
  usage[first] = '10';
  await runAt('2026-11-01T00:45:00.000Z');
  await runAt('2026-11-02T00:45:00.000Z');
  await runAt('2026-11-02T00:45:00.001Z');
  expect(await samples(first)).toEqual([
    '11-01T00:00 10',
    '11-01T00:30 11',
    '11-01T00:45 10',
    '11-02T00:45 10',
  ]);
  expect(await samples(second)).toEqual(['11-01T00:00 20', '11-02T00:45 20']);
});

it('a pool that cannot be read keeps no other from its sample', async () => {
  const { bench, runAt, samples, lines } = start();
  const { getPoolUsage } = bench.azure;
  bench.azure.getPoolUsage = async (id) =>
    id === poolIds.ipv4
      ? failure(vendingError('PermissionMissing', 'No right to look.'))
      : await getPoolUsage(id);
  await runAt('2026-11-01T00:00:00.000Z');
  expect(await samples(first)).toEqual([]);
  expect(await samples(second)).toHaveLength(1);
  expect(lines).toEqual([
    {
      event: 'pool.unreadable',
      pool: first,
      errorCode: 'PermissionMissing',
      message: 'No right to look.',
    },
    expect.objectContaining({ event: 'pool.usage', pool: second, usedPercent: 20 }),
  ]);
});
