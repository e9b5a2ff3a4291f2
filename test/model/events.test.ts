import { describe, expect, test } from 'vitest';
import { vendingError } from '../../src/model/errors.ts';
import {
  type RecordForEvents,
  type RequestEventType,
  rejectionEvent,
  requestEvent,
} from '../../src/model/events.ts';
import { planDeployment } from '../../src/model/plan-deployment.ts';
import { ids, sampleLandscape, sampleRequest } from './samples.ts';

const at = '2026-01-31T12:00:00.000Z';

function sampleRecord(): RecordForEvents {
  const request = sampleRequest({
    requester: { name: 'Payments team', email: 'payments@fabrikam.example' },
  });
  const deployment = planDeployment(request, sampleLandscape());
  if (!deployment.ok) {
    throw new Error(deployment.error.message);
  }
  return {
    id: request.id,
    request,
    state: 'awaiting-approval',
    plan: {
      deployment: deployment.value,
      planHash: 'a'.repeat(64),
      policy: { effect: 'require-approval', rule: 'default', reason: 'a person decides' },
      findings: [
        { check: 'connection', status: 'passed', subject: 'connection' },
        { check: 'pool-permission', status: 'unknown', subject: 'pool' },
      ],
    },
    error: vendingError('PoolExhausted', 'The pool is full.'),
    result: { virtualNetworkId: '/v', allocations: [] },
    leftovers: ['the VNet'],
  };
}

const types: readonly RequestEventType[] = [
  'request.submitted',
  'request.planned',
  'request.validated',
  'approval.requested',
  'approval.granted',
  'approval.denied',
  'approval.expired',
  'allocation.succeeded',
  'allocation.failed',
  'allocation.compensated',
  'allocation.compensation-failed',
];

describe('an event', () => {
  test.each(types)('%s is a CloudEvents 1.0 event about its request', (type) => {
    const event = requestEvent(type, sampleRecord(), at);
    expect(event).toMatchObject({
      specversion: '1.0',
      id: `RITM0012345:${type}`,
      source: '/vnet-vending',
      type: `com.vnetvending.${type}.v1`,
      subject: 'RITM0012345',
      time: at,
      datacontenttype: 'application/json',
      data: {
        requestId: 'RITM0012345',
        operation: 'allocate',
        ticket: { system: 'servicenow', id: 'RITM0012345' },
      },
    });
    expect(JSON.parse(JSON.stringify(event))).toEqual(event);
  });

  test.each(types)('%s holds no mail address', (type) => {
    expect(JSON.stringify(requestEvent(type, sampleRecord(), at))).not.toContain('@');
  });

  test('published twice it is the same; another happening has another id', () => {
    const [first, second] = [at, '2027-01-01T00:00:00.000Z'].map((time) =>
      requestEvent('allocation.compensation-failed', sampleRecord(), time),
    );
    expect(second?.id).toBe(first?.id);
    const resumed = requestEvent('allocation.compensation-failed', sampleRecord(), at, {
      occurrence: '2',
    });
    expect(resumed.id).toBe('RITM0012345:allocation.compensation-failed:2');
    const every = types.map((type) => requestEvent(type, sampleRecord(), at).id);
    expect(new Set(every).size).toBe(types.length);
  });

  test('for approval shows the plan and the findings that did not pass', () => {
    expect(requestEvent('approval.requested', sampleRecord(), at).data).toMatchObject({
      planHash: 'a'.repeat(64),
      policy: { rule: 'default' },
      allocations: [{ poolAlias: 'corp-centralus', numberOfIpAddresses: '100' }],
      findings: [{ check: 'pool-permission', status: 'unknown' }],
    });
  });

  test('of a decision names who, by ids', () => {
    const decision = {
      decision: 'approve',
      by: { name: 'Ada', objectId: ids.approver, tenantId: ids.managementTenant },
      at,
    } as const;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const event = requestEvent('approval.granted', sampleRecord(), at, { decision, traceparent });
    expect(event).toMatchObject({ traceparent, data: { decision, planHash: 'a'.repeat(64) } });
  });

  test('of an end carries error and leftovers, or the result', () => {
    expect(requestEvent('allocation.compensation-failed', sampleRecord(), at).data).toMatchObject({
      error: { code: 'PoolExhausted', remedy: expect.any(String) },
      leftovers: ['the VNet'],
    });
    const { data } = requestEvent('allocation.succeeded', sampleRecord(), at);
    expect(data).toMatchObject({ result: { virtualNetworkId: '/v' } });
    expect(data).not.toHaveProperty('leftovers');
  });

  test('of a rejection has an id of the stored message, and a subject only where the message has an id', () => {
    const error = vendingError('SchemaInvalid', 'It is empty.');
    expect(rejectionEvent('rej-7-1767225600000', { error, originalMessageId: 'm' }, at)).toEqual({
      specversion: '1.0',
      id: 'rej-7-1767225600000:request.rejected',
      source: '/vnet-vending',
      type: 'com.vnetvending.request.rejected.v1',
      time: at,
      datacontenttype: 'application/json',
      data: { error, originalMessageId: 'm' },
    });
    expect(rejectionEvent('rej-7', { error, requestId: 'RITM1' }, at).subject).toBe('RITM1');
  });
});
