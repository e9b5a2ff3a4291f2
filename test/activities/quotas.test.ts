import { describe, expect, it } from 'vitest';
import { planRequest } from '../../src/activities/planning/plan-request.ts';
import { releaseQuota } from '../../src/activities/records/release-quota.ts';
import { reserveQuota } from '../../src/activities/records/reserve-quota.ts';
import { success } from '../../src/model/outcome.ts';
import { ids, sampleLandscape } from '../model/samples.ts';
import { requestId, startWorkbench, stepInput, virtualNetworkId } from './workbench.ts';

const key = `requester:${ids.managedTenant}/${ids.requester}`;
const other = {
  virtualNetworkId: '/another/vnet',
  requestId: 'OTHER',
  keys: [key, 'tenant:fabrikam'],
  amounts: { virtualNetworks: '1', IPv4: '200', IPv6: '0' },
  adds: false,
} as const;

/** The sample request (100 addresses), under a quota. */
async function bench(quota: object) {
  const all = await startWorkbench();
  const quotas = [{ name: 'team', per: 'requester', ...quota }];
  const landscape = sampleLandscape({ policy: { rules: [], quotas } } as object);
  const dependencies = { ...all.dependencies, landscape };
  Object.assign(all.dependencies, { landscape });
  return {
    ...all,
    dependencies,
    findings: async () =>
      (await all.ledger.getRequest(requestId))?.plan?.findings.filter(
        ({ check }) => check === 'quota',
      ),
    used: () => all.ledger.quotaUsed(key, 'IPv4'),
  };
}

describe('a plan', () => {
  it('tells how the quotas stand, without taking anything', async () => {
    const { ledger, plan, findings, used } = await bench({ maxIpAddresses: { IPv4: 300 } });
    await ledger.reserveQuota(other, []);
    await plan();
    expect(await findings()).toEqual([
      {
        check: 'quota',
        status: 'passed',
        subject: 'quota team (IPv4 addresses)',
        facts: { measure: 'IPv4', limit: '300', used: '200', askedFor: '100' },
      },
    ]);
    expect(await used()).toBe('200');
  });

  it('beyond a quota is refused, with what is used and asked for', async () => {
    const { become, dependencies, ledger } = await bench({ maxIpAddresses: { IPv4: 299 } });
    await ledger.reserveQuota(other, []);
    await become('planning');
    expect(await planRequest(stepInput, dependencies)).toMatchObject({
      value: {
        refusal: {
          code: 'PrerequisitesNotMet',
          message: expect.stringContaining(
            "The quota 'team' allows 299 IPv4 addresses; 200 are used, 100 are asked for.",
          ),
        },
      },
    });
  });

  it('that the policy denies is told of no quota', async () => {
    const { dependencies, findings, plan } = await bench({ maxIpAddresses: { IPv4: 1 } });
    const rules = [{ name: 'freeze', effect: 'deny', reason: 'end of the year' }];
    const { policy } = sampleLandscape({ policy: { rules } } as object);
    Object.assign(dependencies.landscape.policy, { rules: policy.rules });
    await plan();
    expect(await findings()).toEqual([]);
  });

  it('is told of no quota of other tenants, or of what it does not take', async () => {
    for (const quota of [
      { maxIpAddresses: { IPv6: 1 } },
      { per: 'tenant', maxIpAddresses: { IPv6: 1 } },
    ]) {
      const { plan, findings } = await bench(quota);
      await plan();
      expect(await findings()).toEqual([]);
    }
  });
});

describe('quota of a request', () => {
  it('is reserved once, however often the activity runs, and given back', async () => {
    const { dependencies, plan, used } = await bench({ maxVirtualNetworks: 1 });
    await plan();
    for (let runs = 0; runs < 2; runs++) {
      expect(await reserveQuota(stepInput, dependencies)).toEqual(success(null));
      expect(await used()).toBe('100');
    }
    await releaseQuota({ ...stepInput, release: 'own' }, dependencies);
    expect(await used()).toBe('0');
  });

  it('is refused beyond the limit, and by a call that comes late', async () => {
    const { dependencies, ledger, plan, used } = await bench({ maxVirtualNetworks: 1 });
    await plan();
    await ledger.reserveQuota(other, []);
    expect(await reserveQuota(stepInput, dependencies)).toMatchObject({
      error: { code: 'QuotaExceeded', details: { quota: 'team', limit: '1', used: '1' } },
    });
    await ledger.releaseQuota(other.virtualNetworkId, 'OTHER', 'own');
    await releaseQuota({ ...stepInput, release: 'own' }, dependencies);
    expect(await reserveQuota(stepInput, dependencies)).toMatchObject({
      error: { code: 'QuotaExceeded' },
    });
    expect(await used()).toBe('0');
  });

  it('is counted for requester and tenant without any quota, too', async () => {
    const { dependencies, ledger, plan } = await startWorkbench();
    await plan();
    await reserveQuota(stepInput, dependencies);
    for (const each of [key, 'tenant:fabrikam', `${key}@fabrikam`]) {
      expect(await ledger.quotaUsed(each, 'virtualNetworks'), each).toBe('1');
    }
    await ledger.releaseQuota(virtualNetworkId, 'REMOVAL', 'all');
    expect(await ledger.quotaUsed(key, 'virtualNetworks')).toBe('0');
  });
});
