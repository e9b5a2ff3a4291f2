import { describe, expect, test } from 'vitest';
import type { PlannedChange } from '../../src/model/plan.ts';
import { planDeployment } from '../../src/model/plan-deployment.ts';
import { quotaDemandOf, quotaLimitsFor } from '../../src/model/quota-demand.ts';
import { ids, sampleLandscape, sampleRequest } from './samples.ts';

const requester = { objectId: ids.requester, tenantId: ids.managedTenant };
const who = `requester:${ids.managedTenant}/${ids.requester}`;

function deployment(): PlannedChange {
  const request = sampleRequest({
    allocations: [
      { pool: 'corp-centralus', numberOfIpAddresses: 100 },
      { pool: 'corp6-centralus', prefixLength: 56 },
    ],
    subnets: [],
  });
  const planned = planDeployment(request, sampleLandscape());
  if (!planned.ok) throw new Error(planned.error.message);
  return planned.value;
}

const limits = (...quotas: object[]) => {
  const change = deployment();
  const usage = quotaDemandOf(change, requester);
  if (!usage) throw new Error('unreachable');
  const { policy } = sampleLandscape({ policy: { rules: [], quotas } } as object);
  return quotaLimitsFor(usage, change, requester, policy.quotas).map(
    ({ key, measure, limit }) => `${key} ${measure} ${limit}`,
  );
};

describe('what a change takes of the quotas', () => {
  test('is a VNet and its addresses by family, for tenant, requester, and both together', () => {
    expect(quotaDemandOf(deployment(), requester)).toMatchObject({
      keys: ['tenant:fabrikam', who, `${who}@fabrikam`],
      amounts: { virtualNetworks: '1', IPv4: '100', IPv6: String(2n ** 72n) },
      adds: false,
    });
  });

  test('counts for all together who do not say by ids who they are', () => {
    for (const unnamed of [{}, { objectId: ids.requester }, { tenantId: ids.managedTenant }]) {
      expect(quotaDemandOf(deployment(), unnamed)?.keys).toContain('requester:unidentified');
    }
  });

  test('knows a requester whatever the case of the ids', () => {
    const upper = {
      objectId: ids.requester.toUpperCase(),
      tenantId: ids.managedTenant.toUpperCase(),
    };
    expect(quotaDemandOf(deployment(), upper)?.keys).toContain(who);
  });

  test('is nothing for a removal, and adds to a VNet that exists for an association', () => {
    const { target, allocations } = deployment();
    const shared = { requestId: 'R', target, allocations: [] };
    expect(
      quotaDemandOf(
        { ...shared, operation: 'remove', mode: 'delete', detachedPeerings: [], overrides: [] },
        requester,
      ),
    ).toBeUndefined();
    const [first] = allocations;
    if (!first) throw new Error('unreachable');
    const association = { ...shared, allocations: [{ ...first, prefixes: [] }] };
    expect(
      quotaDemandOf({ ...association, operation: 'associate', resourceGuid: 'g' }, requester),
    ).toMatchObject({ adds: true, amounts: { IPv4: '100', IPv6: '0' } });
  });
});

describe('the limits that stand against it', () => {
  test('are those of each quota, by what it measures', () => {
    expect(
      limits(
        { name: 'a', per: 'requester', maxVirtualNetworks: 3, maxIpAddresses: { IPv4: 512 } },
        { name: 'b', per: 'tenant', maxIpAddresses: { IPv6: '9'.repeat(30) } },
      ),
    ).toEqual([
      `${who} virtualNetworks 3`,
      `${who} IPv4 512`,
      `tenant:fabrikam IPv6 ${'9'.repeat(30)}`,
    ]);
  });

  test('of a quota for tenants count in them alone, each on its own', () => {
    const quota = { maxVirtualNetworks: 3, tenants: ['fabrikam'] };
    expect(limits({ name: 'a', per: 'requester', ...quota })).toEqual([
      `${who}@fabrikam virtualNetworks 3`,
    ]);
    expect(limits({ name: 'a', per: 'tenant', ...quota })).toEqual([
      'tenant:fabrikam virtualNetworks 3',
    ]);
  });
});
