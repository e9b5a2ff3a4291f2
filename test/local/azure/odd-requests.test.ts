import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../src/local/azure/server.ts';
import { arm, ids, scopes, startTestAzure, tokenOf } from './support/test-azure.ts';

let azure: EmulatedAzure;
let token: string;
beforeAll(async () => {
  azure = await startTestAzure();
  token = await tokenOf(azure, ids.tenantB, ids.application);
});
afterAll(() => azure.close());

const networks = `${scopes.groupB}/providers/Microsoft.Network/virtualNetworks`;
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

test('letters may be percent-encoded anywhere in the path, for roles and groups too', async () => {
  const path = networks.replace('rg-app', 'rg%2Dapp').replace('virtual', '%76irtual');
  const answer = await arm(azure, 'GET', path, { token });
  expect([answer.status, answer.body]).toEqual([200, { value: [] }]);
});

test('an encoded slash stays part of the name', async () => {
  const answer = await arm(azure, 'GET', `${networks}/a%2Fsubnets%2Fb`, { token });
  expect([answer.status, answer.body.error.code]).toEqual([404, 'ResourceNotFound']);
});

test.each([
  ['is cut off', '{"location":', 400, 'InvalidRequestContent'],
  ['is nested too deep', `{"properties":${nested(50_000)}}`, 400, 'InvalidRequestContent'],
  ['is too large', `"${'x'.repeat(4 * 1024 * 1024)}"`, 413, 'RequestContentTooLarge'],
])('a body that %s is refused, and the next request is answered', async (_, body, status, code) => {
  const answer = await arm(azure, 'PUT', `${networks}/v`, { token, body });
  expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  expect((await arm(azure, 'GET', networks, { token })).status).toBe(200);
});

test('a connection outlives the pauses between two polls', async () => {
  const { headers } = await arm(azure, 'GET', networks, { token });
  expect(headers.get('keep-alive')).toBe('timeout=120');
});
