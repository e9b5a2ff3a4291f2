import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientSecretCredential } from '@azure/identity';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmulatedAzure, startEmulatedAzure } from '../../../src/local/azure/server.ts';
import { SystemClock } from '../../../src/local/clock.ts';
import { readLandscapeFile } from '../../../src/local/landscape/landscape-file.ts';
import {
  seedFromLandscape,
  ticketSystemOf,
} from '../../../src/local/landscape/seed-from-landscape.ts';
import { trust } from '../../support/trust.ts';
import { tokenOf } from './support/test-azure.ts';

const { landscape, emulatedAzure } = readLandscapeFile();
const seed = seedFromLandscape({ landscape, emulatedAzure });
const tenant = landscape.managementTenant.tenantId;
const ticketSystem = ticketSystemOf(landscape);
const scope = 'api://vnet-vending/.default';

let azure: EmulatedAzure;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'azure-'));
  azure = await startEmulatedAzure({
    clock: new SystemClock(),
    databaseFile: ':memory:',
    certificateDirectory: folder,
    port: 0,
    speed: 1000,
    seed,
  });
  trust(azure.caFile);
});
afterAll(() => azure.close());

/** The claims of a token that the unmodified client gets; a client of its own has no token of before. */
async function claimsFor(
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
  wanted = scope,
) {
  const credential = new ClientSecretCredential(tenant, clientId, clientSecret, {
    authorityHost: azure.authority,
    disableInstanceDiscovery: true,
  });
  return decodeJwt((await credential.getToken(wanted)).token);
}

async function graph(method: string, path: string, body?: unknown) {
  const administrator = seed.tenants.find(({ tenantId }) => tenantId === tenant)?.administrator;
  if (!administrator) throw new Error('The seed has no administrator.');
  const token = await tokenOf(azure, tenant, administrator, `${azure.graph}/.default`);
  const answer = await fetch(`${azure.graph}/v1.0${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

test('the real client gets a token for the API with the roles of its service principal', async () => {
  expect(await claimsFor(ticketSystem)).toMatchObject({
    aud: 'api://vnet-vending',
    iss: `https://sts.windows.net/${tenant}/`,
    appid: ticketSystem.clientId,
    oid: ticketSystem.servicePrincipals[0].objectId,
    tid: tenant,
    roles: ['Vnet.Request'],
  });
});

test('an application without roles gets a token without them; an unknown API no token', async () => {
  const [own] = seed.applications;
  if (!own) throw new Error('The seed has no application.');
  expect(await claimsFor(own)).not.toHaveProperty('roles');
  expect(await claimsFor(ticketSystem, 'https://management.azure.com/.default')).not.toHaveProperty(
    'roles',
  );
  await expect(claimsFor(ticketSystem, 'api://another/.default')).rejects.toThrow('AADSTS500011');
});

test('an administrator gives and takes roles through Graph', async () => {
  const [{ objectId: principalId }] = ticketSystem.servicePrincipals;
  const { body: found } = await graph(
    'GET',
    "/servicePrincipals?$filter=displayName eq 'vnet-vending API'",
  );
  const [resource] = found.value;
  const role = resource.appRoles.find(({ value }: { value: string }) => value === 'Vnet.Read');
  const assignedTo = `/servicePrincipals/${resource.id}/appRoleAssignedTo`;
  const assignment = { principalId, resourceId: resource.id, appRoleId: role.id };

  const created = await graph('POST', assignedTo, assignment);
  expect(created).toMatchObject({
    status: 201,
    body: { ...assignment, principalDisplayName: 'ticket-system' },
  });
  expect((await claimsFor(ticketSystem))['roles']).toEqual(['Vnet.Request', 'Vnet.Read']);
  const mine = await graph('GET', `/servicePrincipals/${principalId}/appRoleAssignments`);
  expect(mine.body.value).toHaveLength(2);
  expect((await graph('GET', assignedTo)).body.value).toHaveLength(2);

  expect((await graph('POST', assignedTo, assignment)).status).toBe(400);
  expect((await graph('POST', assignedTo, { ...assignment, appRoleId: tenant })).status).toBe(400);
  expect((await graph('POST', assignedTo, { ...assignment, principalId: tenant })).status).toBe(
    404,
  );

  expect((await graph('DELETE', `${assignedTo}/${created.body.id}`)).status).toBe(204);
  expect((await graph('DELETE', `${assignedTo}/${created.body.id}`)).status).toBe(404);
  expect((await claimsFor(ticketSystem))['roles']).toEqual(['Vnet.Request']);
});
