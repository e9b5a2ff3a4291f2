import { beforeEach, describe, expect, it } from 'vitest';
import type { PoolDetail, PoolPage } from '../../../src/model/api/pool-views.ts';
import { vendingError } from '../../../src/model/errors.ts';
import { failure, success } from '../../../src/model/outcome.ts';
import { virtualNetworkId } from '../../activities/sample-network.ts';
import { poolIds } from '../../model/samples.ts';
import { ApiBench } from './api-bench.ts';
import { people } from './people.ts';
import { record } from './recorded-requests.ts';

const { ada, ian, olu } = people;
const foreign =
  '/subscriptions/x/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/theirs';
const staticCidr = `${poolIds.ipv4}/staticCidrs/vpn`;
let bench: ApiBench;

beforeEach(() => {
  bench = new ApiBench();
  bench.azure.getPoolUsage = async () =>
    success({
      addressPrefixes: ['10.0.0.0/24'],
      availableAddressPrefixes: ['10.0.0.192/26'],
      numberOfAllocatedIpAddresses: '192',
      numberOfAvailableIpAddresses: '64',
      totalNumberOfIpAddresses: '256',
    });
  bench.azure.associations.set(poolIds.ipv4, [
    { resourceId: virtualNetworkId.toUpperCase(), prefixes: ['10.0.0.0/25'] },
    { resourceId: foreign, prefixes: ['10.0.0.128/27'] },
  ]);
  bench.azure.staticCidrs = [{ id: staticCidr, name: 'vpn', prefixes: ['10.0.0.160/27'] }];
});

const poolOf = async (as = olu, query = '') =>
  (await bench.get(`/api/pools/corp-centralus${query}`, { as })).json as PoolDetail;

it('the pools of the landscape are listed with how full they are, or why that is not known', async () => {
  const { getPoolUsage } = bench.azure;
  bench.azure.getPoolUsage = async (id) =>
    id === poolIds.ipv6
      ? failure(vendingError('PermissionMissing', 'No right to look.'))
      : await getPoolUsage(id);
  const { pools } = (await bench.get('/api/pools', { as: ada })).json as PoolPage;
  expect(pools.slice(0, 2)).toEqual([
    {
      alias: 'corp-centralus',
      id: poolIds.ipv4,
      location: 'centralus',
      family: 'IPv4',
      addressPrefixes: ['10.0.0.0/24'],
      totalIpAddresses: '256',
      allocatedIpAddresses: '192',
      availableIpAddresses: '64',
    },
    {
      alias: 'corp6-centralus',
      id: poolIds.ipv6,
      location: 'centralus',
      family: 'IPv6',
      addressPrefixes: [],
      error: expect.objectContaining({ code: 'PermissionMissing' }),
    },
  ]);
});

describe('the address map', () => {
  it('names holders, their tenants and the requests behind them to who may know', async () => {
    await record(bench, 'RITM-1', { by: ada, state: 'succeeded' });
    const { blocks } = await poolOf();
    expect(blocks).toEqual([
      {
        prefix: '10.0.0.0/25',
        kind: 'allocated',
        holder: {
          resourceId: virtualNetworkId.toUpperCase(),
          name: 'VNET-PAYMENTS',
          tenant: 'fabrikam',
          requestId: 'RITM-1',
        },
      },
      {
        prefix: '10.0.0.128/27',
        kind: 'allocated',
        holder: { resourceId: foreign, name: 'theirs' },
      },
      {
        prefix: '10.0.0.160/27',
        kind: 'reserved',
        holder: { resourceId: staticCidr, name: 'vpn' },
      },
      { prefix: '10.0.0.192/26', kind: 'free' },
    ]);
  });

  it('names to a requester the holders behind own requests alone', async () => {
    await record(bench, 'RITM-1', { by: ada, state: 'succeeded' });
    const holders = async (as: typeof ada) =>
      (await poolOf(as)).blocks.map(({ holder }) => holder?.requestId ?? 'unknown');
    expect(await holders(ada)).toEqual(['RITM-1', 'unknown', 'unknown', 'unknown']);
    expect(await holders(ian)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    expect(JSON.stringify(await poolOf(ian))).not.toMatch(/payments|theirs|vpn/i);
  });

  it('names the newest request where several gave the same VNet its prefixes', async () => {
    await record(bench, 'RITM-1', { by: ada, state: 'succeeded' });
    await record(bench, 'RITM-2', { by: ian, state: 'succeeded' });
    expect((await poolOf()).blocks[0]?.holder?.requestId).toBe('RITM-2');
  });

  it('shows a requester no later holder under the name of a VNet that they once had', async () => {
    await record(bench, 'RITM-1', { by: ada, state: 'succeeded' });
    await record(bench, 'RITM-2', { by: ian, state: 'succeeded' });
    expect((await poolOf(ada)).blocks[0]).toEqual({ prefix: '10.0.0.0/25', kind: 'allocated' });
    expect((await poolOf(ian)).blocks[0]?.holder?.requestId).toBe('RITM-2');
  });

  it('names no request behind a VNet that was removed since', async () => {
    await record(bench, 'RITM-1', { by: ada, state: 'succeeded' });
    await record(bench, 'RITM-2', {
      by: ada,
      state: 'succeeded',
      change: { result: { virtualNetworkId, mode: 'delete', alreadyGone: false, released: [] } },
    });
    expect((await poolOf()).blocks[0]?.holder).toEqual({
      resourceId: virtualNetworkId.toUpperCase(),
      name: 'VNET-PAYMENTS',
      tenant: 'fabrikam',
    });
    expect((await poolOf(ada)).blocks[0]).toEqual({ prefix: '10.0.0.0/25', kind: 'allocated' });
  });

  it('shows space as allocated where static CIDRs may not be read', async () => {
    bench.azure.listStaticCidrs = async () => failure(vendingError('PermissionMissing', 'No.'));
    expect((await poolOf()).blocks[2]).toEqual({ prefix: '10.0.0.160/27', kind: 'allocated' });
  });

  it('is missing, with the reason, where the pool cannot be read', async () => {
    bench.azure.listPoolAssociations = async () => failure(vendingError('Throttled', 'Slow down.'));
    expect(await poolOf()).toMatchObject({ blocks: [], error: { code: 'Throttled' } });
    bench.azure.getPoolUsage = async () => failure(vendingError('Throttled', 'Slow down.'));
    expect(await poolOf()).toMatchObject({ blocks: [], usage: [], error: { code: 'Throttled' } });
  });
});

it('the usage over time goes back as far as asked, and ends with the present', async () => {
  const sample = (at: string, count: string) =>
    bench.ledger.recordPoolUsage({
      pool: 'corp-centralus',
      at,
      allocatedIpAddresses: count,
      totalIpAddresses: '256',
    });
  await sample('2026-08-23T23:59:59.999Z', '1');
  await sample('2026-08-24T00:00:00.000Z', '2');
  await sample('2026-11-20T00:00:00.000Z', '3');
  const counts = ({ usage }: PoolDetail) => usage.map((one) => one.allocatedIpAddresses);
  expect(counts(await poolOf())).toEqual(['2', '3', '192']);
  expect(counts(await poolOf(olu, '?usageDays=3'))).toEqual(['3', '192']);
  expect(counts(await poolOf(olu, '?usageDays=1'))).toEqual(['192']);
  const refused = await bench.get('/api/pools/corp-centralus?usageDays=367', { as: olu });
  expect(refused.status).toBe(400);
});

it('there is no pool that the landscape does not list', async () => {
  const answer = await bench.get('/api/pools/other', { as: olu });
  expect([answer.status, answer.json]).toMatchObject([404, { code: 'UnknownPool' }]);
});
