import { request } from 'node:https';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../src/local/azure/server.ts';
import { arm, control, ids, scopes, startTestAzure, tokenOf } from './support/test-azure.ts';

let azure: EmulatedAzure;
beforeEach(async () => {
  azure = await startTestAzure();
});
afterEach(() => azure.close());

describe('/_control/requests', () => {
  test('shows what was asked, with the tenants of the tokens and never a token', async () => {
    const tokenA = await tokenOf(azure, ids.tenantA, ids.application);
    const tokenB = await tokenOf(azure, ids.tenantB, ids.application);
    await arm(azure, 'GET', `${scopes.groupB}?api-version=2021-04-01`, {
      token: tokenB,
      auxiliary: [tokenA],
    });
    await arm(azure, 'GET', scopes.groupB);
    const { body: log } = await control(azure, 'GET', '/requests');
    expect(log).toMatchObject([
      { service: 'entra', method: 'POST', tenant: ids.tenantA, status: 200 },
      { service: 'entra', method: 'POST', tenant: ids.tenantB, status: 200, apiVersion: null },
      {
        service: 'arm',
        method: 'GET',
        path: scopes.groupB,
        apiVersion: '2021-04-01',
        tenant: ids.tenantB,
        auxiliaryTenants: [ids.tenantA],
        status: 200,
        requestId: expect.any(String),
        demanded: [
          { action: 'Microsoft.Resources/subscriptions/resourceGroups/read', scope: scopes.groupB },
        ],
        durationMs: expect.any(Number),
        fault: false,
      },
      { service: 'arm', tenant: null, auxiliaryTenants: [], status: 401 },
    ]);
    const text = JSON.stringify(log);
    expect(text).not.toContain(tokenA.slice(0, 20));
    expect(text).not.toContain(ids.application.clientSecret);
  });

  test('shows dropped connections and the hand of a fault, and forgets on demand', async () => {
    await control(azure, 'POST', '/faults', { effect: { dropConnection: true } });
    await expect(arm(azure, 'GET', scopes.groupB)).rejects.toThrow();
    expect((await control(azure, 'GET', '/requests')).body).toMatchObject([
      { status: null, fault: true },
    ]);
    expect((await control(azure, 'DELETE', '/requests')).status).toBe(204);
    expect((await control(azure, 'GET', '/requests')).body).toEqual([]);
  });
});

describe('/_control/state', () => {
  test('shows roles, principals, the network and the switches, and no secret', async () => {
    const { status, body } = await control(azure, 'GET', '/state');
    expect(status).toBe(200);
    expect(body.roleAssignments).toContainEqual({
      id: expect.stringContaining(`${scopes.pool}/providers/Microsoft.Authorization/`),
      scope: scopes.pool,
      role: 'IPAM Pool User',
      principalId: ids.objectIdInA,
    });
    expect(body.servicePrincipals).toContainEqual(
      expect.objectContaining({ tenantId: ids.tenantB, objectId: ids.objectIdInB }),
    );
    expect(body.switches).toMatchObject({ mostAuxiliaryTokens: 3 });
    expect(JSON.stringify(body.pools)).toContain(scopes.pool);
    expect(JSON.stringify(body)).not.toMatch(/"(secrets|hash|keys|d|privateKey)":/);
  });

  test('drops a service principal and puts it back', async () => {
    const principal = { tenantId: ids.tenantB, clientId: ids.application.clientId };
    await control(azure, 'POST', '/state', { servicePrincipals: { drop: [principal] } });
    await expect(tokenOf(azure, ids.tenantB, ids.application)).rejects.toThrow(/AADSTS7000229/);
    await control(azure, 'POST', '/state', {
      servicePrincipals: { add: [{ ...principal, objectId: ids.objectIdInB }] },
    });
    expect(await tokenOf(azure, ids.tenantB, ids.application)).toBeTruthy();
  });

  test('makes an application single-tenant and takes its credentials', async () => {
    const change = (application: object) =>
      control(azure, 'POST', '/state', {
        applications: [{ clientId: ids.application.clientId, ...application }],
      });
    await change({ signInAudience: 'AzureADMyOrg' });
    await expect(tokenOf(azure, ids.tenantB, ids.application)).rejects.toThrow(/AADSTS50194/);
    await change({ signInAudience: 'AzureADMultipleOrgs', dropCredentials: true });
    await expect(tokenOf(azure, ids.tenantB, ids.application)).rejects.toThrow(/AADSTS7000215/);
  });

  test('hands changes of the network on', async () => {
    const fill = { change: 'fillPool', pool: scopes.pool };
    expect((await control(azure, 'POST', '/state', { network: fill })).status).toBe(200);
    const token = await tokenOf(azure, ids.tenantA, ids.application);
    const usage = await arm(azure, 'POST', `${scopes.pool}/getPoolUsage`, { token });
    expect(usage.body.numberOfAvailableIPAddresses).toBe('0');
  });

  test.each([
    ['an unknown switch', { switches: { nonsense: true } }, 'nonsense'],
    ['a wrong value', { switches: { busyAnswer: 500 } }, 'busyAnswer'],
    ['an unknown member', { virtualNetworks: [] }, 'virtualNetworks'],
    [
      'a role that nobody holds',
      { roleAssignments: { drop: [{ principalId: 'nobody' }] } },
      'No role assignment fits',
    ],
    ['everything', { roleAssignments: { drop: [{}] } }, 'must say which'],
    [
      'an unknown application',
      { applications: [{ clientId: 'nobody' }] },
      'There is no application nobody',
    ],
    ['an unknown change of the network', { network: { change: 'explode' } }, 'network: '],
  ])('refuses %s and says why', async (_, body, reason) => {
    const answer = await control(azure, 'POST', '/state', body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(reason);
  });

  test('changes all or nothing', async () => {
    const answer = await control(azure, 'POST', '/state', {
      roleAssignments: { drop: [{ scope: scopes.pool }] },
      applications: [{ clientId: 'nobody' }],
      switches: { busyAnswer: 429 },
    });
    expect(answer.status).toBe(400);
    const { body } = await control(azure, 'GET', '/state');
    expect(JSON.stringify(body.roleAssignments)).toContain('IPAM Pool User');
    expect(body.switches.busyAnswer).toBe(409);
  });

  test('refuses a body that is no JSON, and what it does not know', async () => {
    const response = await fetch(`${azure.control}/state`, { method: 'POST', body: '{' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('not JSON');
    expect((await control(azure, 'GET', '/nonsense')).status).toBe(404);
  });
});

test('the control API does not answer to a name that is not of this machine', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const options = { servername: 'localhost', headers: { host: 'evil.example' } };
    request(`${azure.control}/state`, options, (response) => resolve(response.statusCode))
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
});
