import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FreshAzure, ids, type SetupRun } from './fresh-azure.ts';
import { outcomes } from './looks.ts';

let fresh: FreshAzure;
beforeEach(async () => {
  fresh = await FreshAzure.start();
});
afterEach(() => fresh.close());

const subscriptionA = `/subscriptions/${ids.subscriptionA}`;
const subscriptionB = `/subscriptions/${ids.subscriptionB}`;
const { administratorA, administratorB } = ids;

/** Takes Owner from the person of a tenant and gives other roles instead. */
const demote = (scope: string, principalId: string, ...roles: readonly string[]) =>
  fresh.change({
    roleAssignments: {
      drop: [{ scope, role: 'Owner', principalId }],
      add: roles.map((role) => ({ scope, role, principalId })),
    },
  });

const directory = (tenantId: string, clientId: string, administrator: boolean) =>
  fresh.change({ servicePrincipals: { change: [{ tenantId, clientId, administrator }] } });

interface Failure {
  readonly id: string;
  readonly error: { readonly code: string; readonly why: string; readonly remedy: string };
}
const failures = ({ result }: SetupRun): readonly Failure[] =>
  result.steps.filter(({ outcome }: { outcome: string }) => outcome === 'failed');
const why = (finished: SetupRun): readonly string[] =>
  failures(finished).map(({ error }) => error.why.replace(/ \(tenant .*/, ''));

/** What each missing right stops, and what is done all the same. */
const cases: readonly (readonly [
  title: string,
  take: () => Promise<unknown>,
  give: () => Promise<unknown>,
  lacking: readonly string[],
  stillMade: readonly string[],
  remedy: RegExp,
])[] = [
  [
    'everything in the subscription of the management tenant',
    () => demote(subscriptionA, administratorA.objectId, 'Reader'),
    () =>
      fresh.change({
        roleAssignments: {
          add: [{ scope: subscriptionA, role: 'Owner', principalId: administratorA.objectId }],
        },
      }),
    [
      `You lack Microsoft.Resources/subscriptions/resourceGroups/write on ${subscriptionA}`,
      `You lack Microsoft.Authorization/roleDefinitions/write on ${subscriptionA}`,
      `You lack Microsoft.Authorization/roleDefinitions/write on ${subscriptionA}`,
    ],
    ['application', `service principal ${ids.tenantB}`],
    /an Owner or User Access Administrator of it give you Owner or (Contributor|User Access)/,
  ],
  [
    'giving roles in the management tenant',
    () => demote(subscriptionA, administratorA.objectId, 'Contributor'),
    () =>
      fresh.change({
        roleAssignments: {
          add: [
            {
              scope: subscriptionA,
              role: 'User Access Administrator',
              principalId: administratorA.objectId,
            },
          ],
        },
      }),
    [
      `You lack Microsoft.Authorization/roleDefinitions/write on ${subscriptionA}`,
      `You lack Microsoft.Authorization/roleDefinitions/write on ${subscriptionA}`,
    ],
    ['pool corp', 'network manager', `connection ${ids.subscriptionB}, managed side`],
    /give you Owner or User Access Administrator there/,
  ],
  [
    'making resource groups and networks in the management tenant',
    () => demote(subscriptionA, administratorA.objectId, 'User Access Administrator'),
    () =>
      fresh.change({
        roleAssignments: {
          add: [
            { scope: subscriptionA, role: 'Contributor', principalId: administratorA.objectId },
          ],
        },
      }),
    [`You lack Microsoft.Resources/subscriptions/resourceGroups/write on ${subscriptionA}`],
    ['application', `role at subscription ${ids.subscriptionB}`],
    /give you Owner or Contributor there/,
  ],
  [
    'connecting the subscription of the managed tenant',
    () => demote(subscriptionB, administratorB.objectId, 'User Access Administrator'),
    () =>
      fresh.change({
        roleAssignments: {
          add: [
            {
              scope: subscriptionB,
              role: 'Network Contributor',
              principalId: administratorB.objectId,
            },
          ],
        },
      }),
    [`You lack Microsoft.Network/networkManagerConnections/write on ${subscriptionB}`],
    ['pool corp', `role at subscription ${ids.subscriptionB}`],
    /give you Owner, Contributor or Network Contributor there/,
  ],
  [
    'giving roles in the managed tenant',
    () => demote(subscriptionB, administratorB.objectId, 'Network Contributor'),
    () =>
      fresh.change({
        roleAssignments: {
          add: [
            {
              scope: subscriptionB,
              role: 'User Access Administrator',
              principalId: administratorB.objectId,
            },
          ],
        },
      }),
    [`You lack Microsoft.Authorization/roleDefinitions/write on ${subscriptionB}`],
    ['pool corp', `connection ${ids.subscriptionB}, managed side`],
    /give you Owner or User Access Administrator there/,
  ],
  [
    'changing the directory of the management tenant',
    () => directory(ids.tenantA, administratorA.clientId, false),
    () => directory(ids.tenantA, administratorA.clientId, true),
    ['Microsoft Graph refuses it to whoever is signed in to tenant'],
    [],
    /give you Application Administrator or Cloud Application Administrator/,
  ],
  [
    'changing the directory of the managed tenant',
    () => directory(ids.tenantB, administratorB.clientId, false),
    () => directory(ids.tenantB, administratorB.clientId, true),
    ['Microsoft Graph refuses it to whoever is signed in to tenant'],
    ['pool corp', `connection ${ids.subscriptionB}, managed side`],
    /give you Application Administrator or Cloud Application Administrator/,
  ],
];

describe('a person who lacks the right of', () => {
  test.each(cases)('%s is told which, where and from whom', async (...one) => {
    const [, take, give, lacking, stillMade, remedy] = one;
    await take();
    const dry = await fresh.setup(['--dry-run']);
    expect(await fresh.writes()).toEqual([]);
    const short = (text: string) => text.replace(/ signed in to tenant.*/, ' signed in to tenant');
    const first = await fresh.setup();
    expect(first).toMatchObject({ code: 6, result: { complete: false } });
    expect(why(first).map(short)).toEqual(lacking);
    // Without an application there is nothing yet to ask the other directory for.
    if (failures(first)[0]?.id !== `service principal ${ids.tenantB}`) {
      expect([dry.code, why(dry).map(short)]).toEqual([6, lacking]);
    }
    for (const { error } of failures(first)) {
      expect(error).toMatchObject({
        code: 'PermissionMissing',
        remedy: expect.stringMatching(remedy),
      });
    }
    for (const id of stillMade) expect([id, outcomes(first).get(id)]).toEqual([id, 'made']);

    await give();
    expect(await fresh.setup()).toMatchObject({ code: 0, result: { complete: true } });
  });

  test('signing in to a tenant is told how; the other tenant is set up', async () => {
    const { tenantB } = ids;
    await fresh.change({
      applications: [{ clientId: administratorB.clientId, dropCredentials: true }],
    });
    const { code, result } = await fresh.setup();
    expect(code).toBe(6);
    const [failed, ...more] = failures({ result } as SetupRun);
    expect(more).toEqual([]);
    expect(failed).toMatchObject({
      id: `sign-in ${tenantB}`,
      error: {
        code: 'SignInFailed',
        why: expect.stringContaining('AADSTS7000215'),
        remedy: expect.stringContaining(`account of tenant ${tenantB} in the file of --accounts`),
      },
    });
    const all = outcomes({ result });
    expect(all.get(`service principal ${tenantB}`)).toBe('not-reached');
    expect(all.get('pool corp')).toBe('made');
    expect(JSON.stringify(result)).not.toContain(administratorB.clientSecret);
  });
});

test('the least that a person needs is enough: no Owner anywhere', async () => {
  await demote(subscriptionA, administratorA.objectId, 'Contributor', 'User Access Administrator');
  await demote(
    subscriptionB,
    administratorB.objectId,
    'Network Contributor',
    'User Access Administrator',
  );
  expect(await fresh.setup()).toMatchObject({ code: 0, result: { complete: true } });
  expect(await fresh.setup(['--undo'])).toMatchObject({ code: 0, result: { complete: true } });
});
