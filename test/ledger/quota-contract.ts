import { beforeEach, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { QuotaLimit, QuotaUsage } from '../../src/model/quotas.ts';

const key = 'requester:bbbbbbbb-0000-4000-8000-000000000001/dddddddd-0000-4000-8000-000000000001';
const tenant = 'tenant:fabrikam';

const usageOf = (vnet: string, requestId: string, ipv4 = '256', ipv6 = '0'): QuotaUsage => ({
  virtualNetworkId: `/subscriptions/s/virtualNetworks/${vnet}`,
  requestId,
  keys: [key, tenant],
  amounts: { virtualNetworks: '1', IPv4: ipv4, IPv6: ipv6 },
  adds: false,
});

const atMost = (limit: string, measure: QuotaLimit['measure'] = 'IPv4'): QuotaLimit => ({
  name: 'team',
  key,
  measure,
  limit,
});

/** What every store's quotas must do. */
export function describeQuotaContract(getLedger: () => Ledger, open: () => Promise<Ledger>): void {
  describe('quotas', () => {
    let ledger: Ledger;

    beforeEach(() => {
      ledger = getLedger();
    });

    test('usage is counted for all keys, without limits too, also beyond 64 bits', async () => {
      const huge = String(2n ** 100n);
      expect(await ledger.reserveQuota(usageOf('a', 'R1', '256', huge), [])).toEqual({
        status: 'reserved',
      });
      await ledger.reserveQuota(usageOf('b', 'R2', '16', '1'), []);
      for (const each of [key, tenant]) {
        expect(await ledger.quotaUsed(each, 'virtualNetworks')).toBe('2');
        expect(await ledger.quotaUsed(each, 'IPv4')).toBe('272');
        expect(await ledger.quotaUsed(each, 'IPv6')).toBe(String(2n ** 100n + 1n));
      }
      expect(await ledger.quotaUsed('tenant:other', 'IPv4')).toBe('0');
    });

    test('what would exceed a limit is refused, with limit and use, and counts for nothing', async () => {
      await ledger.reserveQuota(usageOf('a', 'R1'), [atMost('512')]);
      await ledger.reserveQuota(usageOf('b', 'R2'), [atMost('512')]);
      expect(await ledger.reserveQuota(usageOf('c', 'R3'), [atMost('767')])).toEqual({
        status: 'exceeded',
        standing: { limit: atMost('767'), used: '512', wanted: '256', isExceeded: true },
      });
      expect(await ledger.quotaUsed(tenant, 'virtualNetworks')).toBe('2');
      // It was refused, so there is nothing to give back.
      await ledger.releaseQuota(usageOf('c', 'R3').virtualNetworkId, 'R3', 'own');
      expect(await ledger.quotaUsed(key, 'IPv4')).toBe('512');
    });

    test('a limit that was lowered refuses only what takes more of it', async () => {
      await ledger.reserveQuota(usageOf('a', 'R1'), []);
      const limits = [atMost('100')];
      expect((await ledger.reserveQuota(usageOf('b', 'R2', '0', '64'), limits)).status).toBe(
        'reserved',
      );
      expect((await ledger.reserveQuota(usageOf('c', 'R3', '1'), limits)).status).toBe('exceeded');
      // The VNet that is counted already may shrink.
      expect((await ledger.reserveQuota(usageOf('a', 'R4', '128'), limits)).status).toBe(
        'reserved',
      );
      expect(await ledger.quotaUsed(key, 'IPv4')).toBe('128');
    });

    test('a VNet counts once: a repetition changes nothing, another request takes its place', async () => {
      for (const requestId of ['R1', 'R1', 'R2']) {
        await ledger.reserveQuota(usageOf('a', requestId), [atMost('256')]);
        expect(await ledger.quotaUsed(key, 'virtualNetworks')).toBe('1');
      }
      const spelled = { ...usageOf('a', 'R3', '100'), keys: [tenant] };
      const virtualNetworkId = spelled.virtualNetworkId.toUpperCase();
      await ledger.reserveQuota({ ...spelled, virtualNetworkId }, []);
      expect(await ledger.quotaUsed(key, 'IPv4')).toBe('0');
      expect(await ledger.quotaUsed(tenant, 'IPv4')).toBe('100');
    });

    test('a VNet that grows does not count against itself', async () => {
      await ledger.reserveQuota(usageOf('a', 'R1', '256'), [atMost('300')]);
      const grown = await ledger.reserveQuota(usageOf('a', 'R2', '300'), [atMost('300')]);
      expect(grown).toEqual({ status: 'reserved' });
      const beyond = await ledger.reserveQuota(usageOf('a', 'R3', '301'), [atMost('300')]);
      expect(beyond).toMatchObject({ status: 'exceeded', standing: { used: '0' } });
      expect(await ledger.quotaUsed(key, 'IPv4')).toBe('300');
    });

    test('a request that adds to a VNet counts beside others, whose VNet it is one more time, but no second one', async () => {
      await ledger.reserveQuota(usageOf('a', 'R1', '256'), []);
      const added = { ...usageOf('a', 'R2', '0', '64'), adds: true };
      const more = { ...added, keys: [tenant, 'requester:other'] };
      for (let runs = 0; runs < 2; runs++) await ledger.reserveQuota(more, []);
      expect(await ledger.quotaUsed(tenant, 'virtualNetworks')).toBe('1');
      expect(await ledger.quotaUsed('requester:other', 'virtualNetworks')).toBe('1');
      expect(await ledger.quotaUsed(tenant, 'IPv4')).toBe('256');
      expect(await ledger.quotaUsed(tenant, 'IPv6')).toBe('64');
      expect((await ledger.reserveQuota(added, [atMost('1', 'virtualNetworks')])).status).toBe(
        'reserved',
      );

      await ledger.releaseQuota(added.virtualNetworkId, 'R2', 'own');
      expect(await ledger.quotaUsed(tenant, 'IPv4')).toBe('256');
      expect(await ledger.quotaUsed(tenant, 'IPv6')).toBe('0');
      expect(await ledger.quotaUsed('requester:other', 'virtualNetworks')).toBe('0');
    });

    test('what is given back is free: what a request has reserved, or all that the VNet takes', async () => {
      const { virtualNetworkId } = usageOf('a', 'R1');
      await ledger.reserveQuota(usageOf('a', 'R1'), []);
      await ledger.releaseQuota(virtualNetworkId, 'R2', 'own');
      expect(await ledger.quotaUsed(key, 'IPv4')).toBe('256');
      await ledger.releaseQuota(virtualNetworkId.toUpperCase(), 'R3', 'all');
      expect(await ledger.quotaUsed(key, 'IPv4')).toBe('0');
      expect(await ledger.quotaUsed(tenant, 'virtualNetworks')).toBe('0');
    });

    test('a request gives back once: a late call takes nothing of those after it, nor reserves again', async () => {
      const { virtualNetworkId } = usageOf('a', 'R1');
      await ledger.reserveQuota(usageOf('a', 'R1'), []);
      await ledger.releaseQuota(virtualNetworkId, 'R2', 'all');
      await ledger.reserveQuota(usageOf('a', 'R3', '64'), []);
      await ledger.releaseQuota(virtualNetworkId, 'R2', 'all');
      expect(await ledger.quotaUsed(key, 'IPv4')).toBe('64');
      await ledger.releaseQuota(virtualNetworkId, 'R3', 'own');
      expect(await ledger.reserveQuota(usageOf('a', 'R3', '64'), [])).toEqual({ status: 'over' });
      expect(await ledger.quotaUsed(key, 'IPv4')).toBe('0');
    });

    test('what others have given back or replaced is not reserved again by a late call', async () => {
      const { virtualNetworkId } = usageOf('a', 'R1');
      const late = async (requestId: string) =>
        (await ledger.reserveQuota(usageOf('a', requestId), [])).status;
      await ledger.reserveQuota(usageOf('a', 'R1'), []);
      await ledger.reserveQuota({ ...usageOf('a', 'R2'), adds: true }, []);
      await ledger.releaseQuota(virtualNetworkId, 'R3', 'all');
      expect([await late('R1'), await late('R2')]).toEqual(['over', 'over']);
      expect(await ledger.quotaUsed(key, 'IPv4')).toBe('0');

      await ledger.reserveQuota(usageOf('a', 'R4', '64'), []);
      await ledger.reserveQuota(usageOf('a', 'R5', '32'), []);
      expect([await late('R4'), await late('R5')]).toEqual(['over', 'reserved']);
    });

    test('a preview says what a reservation would meet, and counts for nothing', async () => {
      await ledger.reserveQuota(usageOf('a', 'R1'), []);
      const limits = [atMost('300'), atMost('2', 'virtualNetworks')];
      expect(await ledger.previewQuota(usageOf('b', 'R2'), limits)).toEqual([
        { limit: limits[0], used: '256', wanted: '256', isExceeded: true },
        { limit: limits[1], used: '1', wanted: '1', isExceeded: false },
      ]);
      // What the request has reserved itself is no use by others.
      expect(await ledger.previewQuota(usageOf('a', 'R1'), limits)).toMatchObject([
        { used: '0', wanted: '256', isExceeded: false },
        { used: '0', wanted: '1' },
      ]);
      expect(await ledger.quotaUsed(key, 'IPv4')).toBe('256');
    });

    test('of 40 reservations at once exactly as many succeed as the limit allows', async () => {
      const writers = await Promise.all(Array.from({ length: 8 }, open));
      const limits = [atMost('2560')];
      const reserve = (index: number) =>
        (writers[index % writers.length] as Ledger).reserveQuota(
          usageOf(`vnet-${index}`, `R${index}`),
          limits,
        );
      const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => reserve(index)));
      expect(answers.filter(({ status }) => status === 'reserved')).toHaveLength(10);
      expect(await ledger.quotaUsed(key, 'IPv4')).toBe('2560');

      // Give all back at once, whether reserved or not: nothing is lost, nothing counted twice.
      await Promise.all(
        answers.map((_, index) =>
          (writers[index % writers.length] as Ledger).releaseQuota(
            usageOf(`vnet-${index}`, '').virtualNetworkId,
            `R${index}`,
            'own',
          ),
        ),
      );
      expect(await ledger.quotaUsed(key, 'IPv4')).toBe('0');
      expect(await ledger.quotaUsed(tenant, 'virtualNetworks')).toBe('0');
    });
  });

  describe('usage of pools', () => {
    test('is listed by pool from a time on, oldest first; the first sample of a time stays', async () => {
      const ledger = getLedger();
      const sample = (pool: string, minute: number, allocatedIpAddresses = '256') => ({
        pool,
        at: `2026-01-01T00:0${minute}:00.000Z`,
        allocatedIpAddresses,
        totalIpAddresses: String(2n ** 80n),
      });
      await ledger.recordPoolUsage(sample('p', 3));
      await ledger.recordPoolUsage(sample('p', 1));
      await ledger.recordPoolUsage(sample('p', 2));
      await ledger.recordPoolUsage(sample('p', 2, '999'));
      await ledger.recordPoolUsage(sample('p2', 2, '7'));
      expect(await ledger.listPoolUsage('p', '2026-01-01T00:02:00.000Z')).toEqual([
        sample('p', 2),
        sample('p', 3),
      ]);
      expect(await ledger.listPoolUsage('none', '2026-01-01T00:00:00.000Z')).toEqual([]);
    });
  });
}
