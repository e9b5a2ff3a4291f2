import { describe, expect, test } from 'vitest';
import { vendingError } from '../../src/model/errors.ts';
import { eventData } from '../../src/model/event-data.ts';
import {
  type RecordForEvents,
  type RequestEventType,
  rejectionEvent,
  requestEvent,
} from '../../src/model/events.ts';
import type { Association, PlannedChange, Removal, RequestResult } from '../../src/model/plan.ts';
import { planDeployment } from '../../src/model/plan-deployment.ts';
import { planExistingTarget } from '../../src/model/plan-target.ts';
import { cloudEventFaults } from '../support/cloud-events.ts';
import { loadPublishedSchemas } from '../support/published-schemas.ts';
import {
  firstVersion,
  ids,
  poolIds,
  sampleAssociateRequest,
  sampleLandscape,
  sampleRemoveRequest,
  sampleRequest,
} from './samples.ts';

const at = '2026-01-31T12:00:00.000Z';

const mail = { name: 'Payments team', email: 'payments@fabrikam.example' };
const ticket = { system: 'servicenow', id: 'RITM0012345' };

function planned<T>(
  outcome: { ok: true; value: T } | { ok: false; error: { message: string } },
): T {
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

const held = {
  poolAlias: 'corp-centralus',
  poolId: poolIds.ipv4,
  family: 'IPv4',
  numberOfIpAddresses: '256',
  prefixes: ['10.0.0.0/24'],
} as const;

const { poolAlias, poolId, prefixes } = held;
const agreed = { poolAlias, poolId, prefixes };

const recordOf = (
  request: RecordForEvents['request'],
  change: PlannedChange,
  result: RequestResult,
): RecordForEvents => ({
  id: request.id,
  request,
  state: 'awaiting-approval',
  plan: {
    change,
    planHash: 'a'.repeat(64),
    policy: { effect: 'require-approval', rule: 'default', reason: 'a person decides' },
    ...firstVersion,
    findings: [
      { check: 'connection', status: 'passed', subject: 'connection' },
      { check: 'pool-permission', status: 'unknown', subject: 'pool' },
      { check: 'ownership', status: 'overridden', subject: 'vnet' },
    ],
  },
  error: vendingError('PoolExhausted', 'The pool is full.'),
  result,
  leftovers: ['the VNet'],
});

function sampleRecord(): RecordForEvents {
  const request = sampleRequest({ requester: mail });
  const change = planned(planDeployment(request, sampleLandscape()));
  return recordOf(request, change, { virtualNetworkId: '/v', allocations: [] });
}

function associationRecord(): RecordForEvents {
  const request = sampleAssociateRequest({ requester: mail, ticket });
  const change: Association = {
    requestId: request.id,
    operation: 'associate',
    target: planned(planExistingTarget(sampleRemoveRequest(), sampleLandscape())),
    resourceGuid: 'g',
    allocations: [held],
  };
  return recordOf(request, change, { virtualNetworkId: '/v', allocations: [agreed] });
}

function removalRecord(): RecordForEvents {
  const request = sampleRemoveRequest({ requester: mail, ticket });
  const change: Removal = {
    requestId: request.id,
    operation: 'remove',
    mode: 'delete',
    target: planned(planExistingTarget(request, sampleLandscape())),
    resourceGuid: 'g',
    allocations: [held],
    detachedPeerings: ['to-hub'],
    overrides: ['ownership'],
  };
  return recordOf(request, change, {
    virtualNetworkId: '/v',
    mode: 'delete',
    alreadyGone: false,
    released: [agreed],
  });
}

/** Of the operation that the type is about, or of an allocation. */
const recordFor = (type: RequestEventType): RecordForEvents =>
  type.startsWith('association.')
    ? associationRecord()
    : type.startsWith('removal.')
      ? removalRecord()
      : sampleRecord();

const check = loadPublishedSchemas();
const types = Object.keys(eventData) as readonly RequestEventType[];

describe('an event', () => {
  test.each(types)('%s is a CloudEvents 1.0 event about its request', (type) => {
    const record = recordFor(type);
    const event = requestEvent(type, record, at);
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
        operation: record.request.operation,
        target: record.request.target,
        ticket,
      },
    });
    expect(JSON.parse(JSON.stringify(event))).toEqual(event);
  });

  test.each(types)('%s fits its published schema, and the rules of CloudEvents', (type) => {
    const pageUrl = 'https://vending.contoso.example/';
    for (const options of [{}, { pageUrl }]) {
      const event = requestEvent(type, recordFor(type), at, options);
      expect(check('urn:vnetvending:event', event)).toEqual([]);
      expect(check(`urn:vnetvending:event:${type}:v1`, event.data)).toEqual([]);
      expect(eventData[type].parse(event.data)).toEqual(event.data);
      expect(cloudEventFaults(event)).toEqual([]);
    }
  });

  test.each(types)('%s leads to the page of its request, where there is a page', (type) => {
    const linksAt = (pageUrl: string) => requestEvent(type, recordFor(type), at, { pageUrl }).data;
    const links = { request: 'https://vending.contoso.example/requests/RITM0012345' };
    expect(linksAt('https://vending.contoso.example')).toMatchObject({ links });
    expect(linksAt('https://vending.contoso.example/')).toMatchObject({ links });
    expect(requestEvent(type, recordFor(type), at).data).not.toHaveProperty('links');
  });

  test.each(types)('%s holds no mail address', (type) => {
    expect(JSON.stringify(requestEvent(type, recordFor(type), at))).not.toContain('@');
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
      change: {
        operation: 'allocate',
        allocations: [{ poolAlias: 'corp-centralus', numberOfIpAddresses: '100' }],
      },
      findings: [
        { check: 'pool-permission', status: 'unknown' },
        { check: 'ownership', status: 'overridden' },
      ],
    });
  });

  test.each(['request.planned', 'request.validated', 'approval.requested'] as const)(
    '%s carries everything that the hash of the plan covers, whatever the operation',
    (type) => {
      for (const record of [sampleRecord(), associationRecord(), removalRecord()]) {
        expect(requestEvent(type, record, at).data).toMatchObject({ change: record.plan?.change });
      }
    },
  );

  test('of a submitted request says what was asked for', () => {
    const askedIn = (record: RecordForEvents) => requestEvent('request.submitted', record, at).data;
    expect(askedIn(sampleRecord())).toMatchObject({
      dryRun: false,
      allocations: [{ pool: 'corp-centralus', numberOfIpAddresses: '100' }],
    });
    expect(askedIn(associationRecord())).toMatchObject({
      dryRun: false,
      pools: ['corp-centralus'],
    });
    expect(askedIn(removalRecord())).toMatchObject({ dryRun: false, mode: 'delete' });
  });

  test('of a decision names who, by ids', () => {
    const decision = {
      decision: 'approve',
      channel: 'queue',
      by: { name: 'Ada', objectId: ids.approver, tenantId: ids.managementTenant },
      at,
    } as const;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const event = requestEvent('approval.granted', sampleRecord(), at, { decision, traceparent });
    expect(event).toMatchObject({ traceparent, data: { decision, planHash: 'a'.repeat(64) } });
  });

  test('of a resumption names the operator', () => {
    const decision = {
      decision: 'resume',
      channel: 'queue',
      by: { name: 'Olu', objectId: ids.approver, tenantId: ids.managementTenant },
      reason: 'the lock is gone',
      at,
    } as const;
    expect(requestEvent('approval.granted', removalRecord(), at, { decision }).data).toMatchObject({
      decision,
    });
  });

  test('of a removal or an association carries what was given or given back', () => {
    const removed = requestEvent('removal.succeeded', removalRecord(), at).data;
    expect(removed).toMatchObject({
      result: { mode: 'delete', alreadyGone: false, released: [{ prefixes: ['10.0.0.0/24'] }] },
    });
    const associated = requestEvent('association.succeeded', associationRecord(), at).data;
    expect(associated).toMatchObject({
      result: { allocations: [{ prefixes: ['10.0.0.0/24'] }] },
    });
    for (const data of [removed, associated]) {
      expect(data).not.toHaveProperty('error');
      expect(data).not.toHaveProperty('leftovers');
    }
  });

  test.each(types.filter((type) => /failed|compensated|unverified/.test(type)))(
    '%s tells error and leftovers, and no result',
    (type) => {
      const { data } = requestEvent(type, recordFor(type), at);
      expect(data).toMatchObject({ error: { code: 'PoolExhausted' }, leftovers: ['the VNet'] });
      expect(data).not.toHaveProperty('result');
    },
  );

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
      dataschema: 'urn:vnetvending:event:request.rejected:v1',
      data: { error, originalMessageId: 'm' },
    });
    expect(rejectionEvent('rej-7', { error, requestId: 'RITM1' }, at).subject).toBe('RITM1');
    expect(check('urn:vnetvending:event', rejectionEvent('rej-7', { error }, at))).toEqual([]);
  });
});
