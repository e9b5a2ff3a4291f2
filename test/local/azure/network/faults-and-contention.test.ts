import { expect, test } from 'vitest';
import { type Answer, ipamBody, networkPath, TestNetwork } from './test-network.ts';

test('If-Match and If-None-Match are honoured, unless a switch says otherwise', () => {
  const azure = new TestNetwork();
  const path = networkPath('v');
  const ifMatch = (etag: string) => ({ headers: { 'If-Match': etag }, body: ipamBody(256) });
  const onlyNew = { headers: { 'If-None-Match': '*' }, body: ipamBody(256) };
  expect(azure.call('PUT', path, ifMatch('*')).status).toBe(412);
  expect(azure.call('PUT', path, onlyNew).status).toBe(201);
  azure.finish();
  expect(azure.call('PUT', path, onlyNew)).toMatchObject({
    status: 412,
    body: { error: { code: 'PreconditionFailed' } },
  });
  const { etag } = azure.call('GET', path).body;
  expect(azure.call('DELETE', path, ifMatch('W/"old"')).status).toBe(412);
  expect(azure.call('PUT', path, ifMatch(etag)).status).toBe(200);
  azure.finish();
  expect(azure.call('DELETE', path, ifMatch(etag)).status).toBe(412);
  expect(azure.call('DELETE', path, ifMatch('*')).status).toBe(202);

  const careless = new TestNetwork({ switches: { honourEtagsOnVirtualNetworks: false } });
  expect(careless.call('PUT', path, ifMatch('*')).status).toBe(201);
});

test('a second write while the VNet is Updating answers 409 with the URL of the operation', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  const { status, body } = azure.allocate('v', 512);
  expect(status).toBe(409);
  expect(body.error.code).toBe('AnotherOperationInProgress');
  const start =
    'Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ';
  expect(body.error.message.startsWith(start)).toBe(true);
  const url = body.error.message.slice(start.length);
  expect(azure.call('GET', url).body).toEqual({ status: 'InProgress' });
  expect(azure.call('DELETE', networkPath('v')).status).toBe(409);
  expect(azure.call('PATCH', networkPath('v'), { body: { tags: {} } }).status).toBe(409);
  azure.finish();
  expect(azure.allocate('v', 512).status).toBe(200);
});

test('by a switch it answers 429 without Retry-After instead', () => {
  const azure = new TestNetwork({ switches: { busyAnswer: 429 } });
  azure.allocate('v', 256);
  azure.clock.advance(2_000);
  const answer = azure.allocate('v', 512);
  expect(answer.status).toBe(429);
  expect(answer.headers).toEqual({});
  expect(answer.body.error).toMatchObject({
    code: 'RetryableError',
    message: 'A retryable error occurred.',
    details: [
      {
        code: 'RetryableErrorDueToAnotherOperation',
        message: expect.stringMatching(
          /^Operation PutVirtualNetworkOperation \([0-9a-f-]{36}\) is updating resource .*\. The call can be retried in 14 seconds\.$/,
        ),
      },
    ],
  });
});

test('a failed create leaves a VNet in Failed that still holds its allocation', () => {
  const azure = new TestNetwork();
  const failOperation = { code: 'InternalServerError', message: 'An error occurred.' };
  const put = azure.allocate('v', 256, { fault: { failOperation } });
  const url = put.headers['Azure-AsyncOperation'] ?? '';
  expect(azure.call('GET', url).body).toEqual({ status: 'InProgress' });
  azure.finish();
  expect(azure.call('GET', url).body).toEqual({
    status: 'Failed',
    error: { ...failOperation, details: [] },
  });
  const { body } = azure.call('GET', networkPath('v'));
  expect(body.properties.provisioningState).toBe('Failed');
  expect(azure.associations()).toEqual({ v: ['10.0.0.0/24'] });
  expect(azure.call('DELETE', networkPath('v')).status).toBe(202);
  azure.finish();
  expect(azure.associations()).toEqual({});
});

test('a failed delete leaves the VNet and its allocation', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  azure.finish();
  const failOperation = { code: 'InternalServerError', message: 'An error occurred.' };
  const { headers } = azure.call('DELETE', networkPath('v'), { fault: { failOperation } });
  azure.finish();
  expect(azure.call('GET', headers['Azure-AsyncOperation'] ?? '').body.status).toBe('Failed');
  expect(azure.call('GET', headers['Location'] ?? '').status).toBe(409);
  expect(azure.call('GET', networkPath('v')).body.properties.provisioningState).toBe('Failed');
  expect(azure.associations()).toEqual({ v: ['10.0.0.0/24'] });
});

test('an operation that hangs never ends, but a later write supersedes it', () => {
  const azure = new TestNetwork();
  const put = azure.allocate('v', 256, { fault: { hangOperation: true } });
  const url = put.headers['Azure-AsyncOperation'] ?? '';
  expect(azure.call('DELETE', networkPath('v')).status).toBe(409);
  azure.clock.advance(3_600_000);
  expect(azure.call('GET', url).body).toEqual({ status: 'InProgress' });
  const { headers } = azure.call('DELETE', networkPath('v'));
  expect(azure.call('GET', url).body).toMatchObject({
    status: 'Canceled',
    error: {
      details: [
        {
          code: 'CanceledAndSupersededDueToAnotherOperation',
          message: `Operation PutVirtualNetworkOperation (${put.headers['x-ms-request-id']}) was canceled and superseded by operation DeleteVirtualNetworkOperation (${headers['x-ms-request-id']}).`,
        },
      ],
    },
  });
  azure.finish();
  expect(azure.associations()).toEqual({});
});

test('prefixes and association can come late', () => {
  const azure = new TestNetwork();
  const put = azure.allocate('v', 256, {
    subnets: { s: 64 },
    fault: { delayAllocationMs: 30_000, delayAssociationMs: 45_000 },
  });
  const shown = (answer: Answer): unknown[] => [
    answer.body.properties.addressSpace.addressPrefixes,
    answer.body.properties.addressSpace.ipamPoolPrefixAllocations[0].allocatedAddressPrefixes,
    answer.body.properties.subnets[0].properties.addressPrefixes,
  ];
  expect(shown(put)).toEqual([[], [], []]);
  azure.clock.advance(29_999);
  expect(shown(azure.call('GET', networkPath('v')))).toEqual([[], [], []]);
  azure.clock.advance(1);
  expect(shown(azure.call('GET', networkPath('v')))).toEqual([
    ['10.0.0.0/24'],
    ['10.0.0.0/24'],
    ['10.0.0.0/26'],
  ]);
  expect(azure.associations()).toEqual({});
  expect(azure.usage()['numberOfAllocatedIPAddresses']).toBe('0');
  azure.clock.advance(15_000);
  expect(azure.associations()).toEqual({ v: ['10.0.0.0/24'] });
});

test('space that shows late is taken all the same', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256, { fault: { delayAllocationMs: 30_000, delayAssociationMs: 30_000 } });
  const { addressSpace } = azure.allocate('w', 256).body.properties;
  expect(addressSpace.addressPrefixes).toEqual(['10.0.1.0/24']);
});

test('a release too can show late, while its space is free at once', () => {
  const azure = new TestNetwork({ switches: { associationLagMs: 5_000 } });
  azure.allocate('v', 256);
  azure.finish();
  azure.call('DELETE', networkPath('v'));
  azure.clock.advance(11_000);
  expect(azure.call('GET', networkPath('v')).status).toBe(404);
  expect(azure.associations()).toEqual({ v: ['10.0.0.0/24'] });
  const { addressSpace } = azure.allocate('w', 256).body.properties;
  expect(addressSpace.addressPrefixes).toEqual(['10.0.0.0/24']);
  azure.clock.advance(5_000);
  expect(azure.associations()).toEqual({ w: ['10.0.0.0/24'] });
});

test('by a switch a cross-tenant PUT answers its prefixes only at the end of the operation', () => {
  const azure = new TestNetwork({ switches: { synchronousCrossTenantAllocation: false } });
  const put = azure.allocate('v', 256);
  expect(put.body.properties.addressSpace.addressPrefixes).toEqual([]);
  azure.clock.advance(16_000);
  const { addressSpace } = azure.call('GET', networkPath('v')).body.properties;
  expect(addressSpace.addressPrefixes).toEqual(['10.0.0.0/24']);
});

test('by a switch a DELETE without the auxiliary token leaves the allocation in the other tenant', () => {
  const azure = new TestNetwork({ switches: { deleteWithoutAuxiliaryFreesAllocation: false } });
  azure.allocate('v', 256);
  azure.allocate('w', 256);
  azure.finish();
  azure.call('DELETE', networkPath('v'), { auxiliary: [] });
  azure.call('DELETE', networkPath('w'));
  azure.finish();
  expect(azure.associations()).toEqual({ v: ['10.0.0.0/24'] });
});

test('by a switch the cross-tenant connection is enforced', () => {
  const azure = new TestNetwork({ switches: { enforceConnection: true } });
  expect(azure.allocate('v', 256).body.error.message).toContain('status Forbidden');
});

test('a delete that hangs is superseded by the next delete, once it should have ended', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  azure.finish();
  const first = azure.call('DELETE', networkPath('v'), { fault: { hangOperation: true } });
  azure.finish();
  const second = azure.call('DELETE', networkPath('v'));
  expect(second.headers['x-ms-request-id']).not.toBe(first.headers['x-ms-request-id']);
  expect(azure.call('GET', first.headers['Azure-AsyncOperation'] ?? '').body.status).toBe(
    'Canceled',
  );
  azure.finish();
  expect(azure.call('GET', networkPath('v')).status).toBe(404);
  expect(azure.associations()).toEqual({});
});

test('an operation that ended is forgotten after a day', () => {
  const azure = new TestNetwork();
  const url = azure.allocate('v', 256).headers['Azure-AsyncOperation'] ?? '';
  azure.clock.advance(23 * 3_600_000);
  azure.allocate('w', 256);
  expect(azure.call('GET', url).body).toEqual({ status: 'Succeeded' });
  azure.clock.advance(2 * 3_600_000);
  azure.allocate('x', 256);
  expect(azure.call('GET', url).status).toBe(404);
});
