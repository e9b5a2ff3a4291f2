import { describe, expect, it } from 'vitest';
import type { AppRole } from '../../../src/model/api/callers.ts';
import { ids, sampleLandscape } from '../../model/samples.ts';
import { ApiBench } from './api-bench.ts';
import { type Person, people } from './people.ts';

const { ada, ben, olu } = people;
const strangersTenant = 'eeeeeeee-0000-4000-8000-000000000001';
const networkGroup = 'ffffffff-0000-4000-8000-000000000001';
const everyRole: readonly AppRole[] = ['Vnet.Request', 'Vnet.Approve', 'Vnet.Operate', 'Vnet.Read'];

const listed = ({ name, objectId, tenantId }: Person) => ({ name, objectId, tenantId });
const bossOfManaged: Person = { ...people.ian, name: 'Bo Boss', roles: everyRole };

/** The roles that count for somebody, or the status of the refusal. */
async function rolesOf(person: Person, bench = new ApiBench()): Promise<AppRole[] | number> {
  const { status, json } = await bench.get('/api/me', { as: person });
  return status === 200 ? (json as { roles: AppRole[] }).roles : status;
}

describe('who is let in', () => {
  const rows: readonly [allowed: string, tenants: string[], managed: number, management: number][] =
    [
      ['the management tenant, as unless set', [ids.managementTenant], 403, 200],
      ['both tenants', [ids.managementTenant, ids.managedTenant], 200, 200],
      ['the managed tenant alone', [ids.managedTenant], 200, 403],
    ];
  it.each(rows)('where %s may sign in', async (_, allowedTenants, managed, management) => {
    const bench = new ApiBench({ allowedTenants });
    const statuses = [ada, ben, { ...olu, tenantId: strangersTenant }].map(
      async (as) => (await bench.get('/api/me', { as })).status,
    );
    expect(await Promise.all(statuses)).toEqual([managed, management, 403]);
  });

  it('whoever is not learns from which tenant they came and what to do, and nothing else', async () => {
    const bench = new ApiBench({ allowedTenants: [ids.managementTenant] });
    const answer = await bench.post('/api/requests', { as: ada, body: { anything: true } });
    expect(answer.json).toMatchObject({
      status: 403,
      code: 'TenantNotAllowed',
      detail: `Ada Requester is of tenant ${ids.managedTenant}.`,
      remedy: expect.stringContaining('VNETV_ALLOWED_TENANTS'),
    });
    expect(answer.json).not.toHaveProperty('signInUrl');
    expect(bench.queued).toEqual([]);
  });
});

describe('a role that the administrators of another tenant gave', () => {
  it('counts for asking, not for approving, operating and reading everything', async () => {
    expect(await rolesOf(bossOfManaged)).toEqual(['Vnet.Request']);
    expect(await rolesOf({ ...bossOfManaged, tenantId: ids.managementTenant })).toEqual(everyRole);
  });

  it('counts no more where the landscape does not know the tenant, or does not any longer', async () => {
    const bench = new ApiBench({ allowedTenants: [ids.managementTenant, strangersTenant] });
    const stranger = { ...bossOfManaged, tenantId: strangersTenant };
    expect(await rolesOf(stranger, bench)).toEqual(['Vnet.Request']);
  });

  it.each<[string, object, AppRole[]]>([
    ['as operator', { operators: [listed(bossOfManaged)] }, ['Vnet.Approve', 'Vnet.Operate']],
    [
      'in a group',
      { policy: { rules: [], groups: [{ name: 'network', members: [listed(bossOfManaged)] }] } },
      ['Vnet.Approve'],
    ],
    [
      'by a group of Entra ID',
      {
        policy: {
          rules: [],
          groups: [
            {
              name: 'network',
              entraGroups: [{ objectId: networkGroup, tenantId: ids.managedTenant }],
            },
          ],
        },
      },
      ['Vnet.Approve'],
    ],
  ])('counts for somebody whom the landscape names %s', async (_, landscape, roles) => {
    const bench = new ApiBench({ app: { landscape: sampleLandscape(landscape) } });
    const person = { ...bossOfManaged, groups: [networkGroup] };
    expect(await rolesOf(person, bench)).toEqual(['Vnet.Request', ...roles]);
    // What the landscape says gives nobody a role that Entra ID does not.
    expect(await rolesOf({ ...person, roles: ['Vnet.Request'] }, bench)).toEqual(['Vnet.Request']);
  });
});
