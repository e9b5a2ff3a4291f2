import { expect, test } from 'vitest';
import { networkPath, TestNetwork } from './test-network.ts';

test("the api-version of Microsoft's tutorial may take from a pool, on a VNet and on a subnet", () => {
  const azure = new TestNetwork();
  const options = { apiVersion: '2022-07-01', subnets: { app: 32 } };
  expect(azure.allocate('v', 100, options)).toMatchObject({ status: 201 });
});

test('by a switch only versions from a given one on may take from a pool', () => {
  const azure = new TestNetwork({ switches: { earliestAllocationApiVersion: '2024-05-01' } });
  const old = azure.allocate('v', 100, { apiVersion: '2024-03-01' });
  expect(old).toMatchObject({
    status: 400,
    body: { error: { code: 'InvalidApiVersionParameter' } },
  });
  expect(azure.associations()).toEqual({});
  expect(azure.allocate('v', 100, { apiVersion: '2024-05-01' }).status).toBe(201);
  const plain = {
    location: 'eastus',
    properties: { addressSpace: { addressPrefixes: ['172.16.0.0/16'] } },
  };
  const put = azure.call('PUT', networkPath('w'), { apiVersion: '2022-07-01', body: plain });
  expect(put.status).toBe(201);
});
