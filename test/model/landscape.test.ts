import { describe, expect, test } from 'vitest';
import { credentialIn, landscapeSchema } from '../../src/model/landscape.ts';
import { ids, poolIds, sampleLandscape } from './samples.ts';

const faultsOf = (change: object): string[] => {
  const parsed = landscapeSchema.safeParse({ ...sampleLandscape(), ...change });
  return parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
};

const pool = { alias: 'p', id: poolIds.ipv4, location: 'centralus', family: 'IPv4' };
const tenant = {
  alias: 't',
  tenantId: ids.managedTenant,
  subscriptions: [{ subscriptionId: ids.managedSubscription }],
};

describe('the landscape', () => {
  test('has defaults for bounds, policy and the connection', () => {
    expect(sampleLandscape()).toMatchObject({
      requireConnection: true,
      policy: { requiredTags: [], approvalTimeLimitHours: 72 },
      bounds: { deploySeconds: 1800, pollSeconds: 5 },
      operators: [],
    });
  });

  test('knows operators by object id and tenant id in lower case', () => {
    const objectId = ids.approver.toUpperCase();
    const operators = [{ name: 'Olu', objectId, tenantId: ids.managementTenant }];
    expect(sampleLandscape({ operators }).operators).toEqual([
      { name: 'Olu', objectId: ids.approver, tenantId: ids.managementTenant },
    ]);
  });

  test('needs no secret unless it says so', () => {
    const { credential: _, ...application } = sampleLandscape().application;
    expect(sampleLandscape({ application }).application.credential).toEqual({
      type: 'federatedIdentity',
    });
  });

  test('may give a tenant a credential of its own', () => {
    const certificate = { type: 'certificate', file: '/etc/vnet-vending.pem' };
    const managed = { ...tenant, credential: certificate };
    const otherTenantId = 'bbbbbbbb-0000-4000-8000-000000000009';
    const other = { ...tenant, alias: 'u', tenantId: otherTenantId };
    const landscape = sampleLandscape({ managedTenants: [managed, other] });
    expect(credentialIn(landscape, ids.managedTenant)).toEqual(certificate);
    const shared = { type: 'clientSecret', setting: 'SECRET' };
    expect(credentialIn(landscape, otherTenantId)).toEqual(shared);
    expect(credentialIn(landscape, ids.managementTenant)).toEqual(shared);
  });

  test.each<[string, object, RegExp]>([
    [
      'a certificate from nowhere',
      { managedTenants: [{ ...tenant, credential: { type: 'certificate' } }] },
      /exactly one of file and keyVaultSecret/,
    ],
    [
      'a secret of Key Vault with its version, which would never change',
      {
        managedTenants: [
          {
            ...tenant,
            credential: {
              type: 'certificate',
              keyVaultSecret: `https://contoso.vault.azure.net/secrets/cert/${'0'.repeat(32)}`,
            },
          },
        ],
      },
      /without its version/,
    ],
    [
      'an alias used twice',
      { pools: [pool, { ...pool, id: poolIds.ipv6 }] },
      /^pools\.1\.alias: 'p' is used twice/,
    ],
    [
      'a pool under two aliases',
      { pools: [pool, { ...pool, alias: 'q', id: poolIds.ipv4.toUpperCase() }] },
      /^pools\.1\.id/,
    ],
    [
      'a tenant under two aliases',
      { managedTenants: [tenant, { ...tenant, alias: 'u' }] },
      /^managedTenants\.1\.tenantId/,
    ],
    ['a pool id that is none', { pools: [{ ...pool, id: '/x' }] }, /must be the ARM id of an IPAM/],
    ['a region as people write it', { pools: [{ ...pool, location: 'Central US' }] }, /canonical/],
    ['a misspelled member', { pool: [] }, /pool/],
    ['no tenant', { managedTenants: [] }, /managedTenants/],
    [
      'an operator without a tenant',
      { operators: [{ name: 'Olu', objectId: ids.approver }] },
      /^operators\.0\.tenantId/,
    ],
    [
      'an operator by mail address',
      { operators: [{ name: 'Olu', objectId: 'olu@x.example', tenantId: ids.managementTenant }] },
      /^operators\.0\.objectId/,
    ],
    [
      'a rule about no operation',
      { policy: { rules: [{ name: 'r', effect: 'deny', reason: 'x', operations: [] }] } },
      /^policy\.rules\.0\.operations/,
    ],
    [
      'a rule about an operation that there is not',
      { policy: { rules: [{ name: 'r', effect: 'deny', reason: 'x', operations: ['expand'] }] } },
      /^policy\.rules\.0\.operations\.0/,
    ],
    ['a bound of zero', { bounds: { pollSeconds: 0 } }, /bounds\.pollSeconds/],
  ])('%s is refused', (_, change, words) => {
    const faults = faultsOf(change);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(words);
  });
});
