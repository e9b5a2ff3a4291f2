import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseMessage } from '../../src/model/parse-message.ts';
import { cloudEventFaults } from '../support/cloud-events.ts';
import { loadPublishedSchemas } from '../support/published-schemas.ts';
import { messagesOf, operations } from './message-generator.ts';
import { ids, sampleBody } from './samples.ts';

const check = loadPublishedSchemas();
const anyMessage = 'urn:vnetvending:message:v1';
const isAccepted = (body: unknown) => parseMessage(Buffer.from(JSON.stringify(body))).ok;

describe('the published schema of messages', () => {
  it.each(operations)('refuses nothing that is accepted: %s', (operation) => {
    fc.assert(
      fc.property(messagesOf(operation), ({ body }) => {
        expect(check(`urn:vnetvending:message:${operation}:v1`, body)).toEqual([]);
        expect(check(anyMessage, body)).toEqual([]);
        const event = { specversion: '1.0', id: 'e', source: '/s', type: 't', data: body };
        expect(check(anyMessage, event)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  const { allocations: _, subnets: _s, tags: _t, ...common } = sampleBody();
  const by = { name: 'Alex', objectId: ids.approver, tenantId: ids.managementTenant };
  const decide = { operation: 'decide', request: 'RITM0012345', by };
  const remove = { ...common, operation: 'remove', mode: 'disassociate' };
  const bothSizes = [{ pool: 'p', numberOfIpAddresses: 4, prefixLength: 24 }];
  it.each<[string, object]>([
    ['two sizes', sampleBody({ allocations: bothSizes })],
    ['no size', sampleBody({ allocations: [{ pool: 'p' }] })],
    ['a subnet with size and allocations', sampleBody({ subnets: [subnet({ prefixLength: 24 })] })],
    ['an id that begins with a digit', sampleBody({ id: '1' })],
    ['an unknown member', sampleBody({ callbackUrl: 'https://x.example' })],
    ['an unknown version', sampleBody({ version: 2 })],
    ['too many tags', sampleBody({ tags: manyTags(50) })],
    ['a link that is none', sampleBody({ ticket: { system: 's', id: 'i', url: 'javascript:1' } })],
    ['the same pool twice', { ...common, operation: 'associate', pools: ['p', 'p'] }],
    ['override without deletion', { ...remove, override: true }],
    ['a rejection without reason', { ...decide, decision: 'reject' }],
    ['a decider without tenant', { ...decide, decision: 'approve', by: { name: 'Alex' } }],
    ['an unknown operation', sampleBody({ operation: 'expand' })],
  ])('refuses, as the intake does: %s', (_what, body) => {
    expect(isAccepted(body)).toBe(false);
    expect(check(anyMessage, body)).not.toEqual([]);
  });
});

const manyTags = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, '']));

const subnet = (size: object) => ({
  name: 's',
  allocations: [{ pool: 'corp-centralus', prefixLength: 26 }],
  ...size,
});

const event = {
  specversion: '1.0',
  id: 'e',
  source: '/s',
  type: 't',
  time: '2026-01-31T12:00:00.000Z',
  data: {},
};

test.each<[string, unknown]>([
  ['specversion is missing', { ...event, specversion: undefined }],
  ['id is empty', { ...event, id: '' }],
  ['source is no URI reference', { ...event, source: 'two words' }],
  ['time is none', { ...event, time: 'yesterday' }],
  ['requestId has other', { ...event, requestId: 'x' }],
  ['ticket is no scalar', { ...event, ticket: {} }],
  ['subject is not printable', { ...event, subject: 'a\nb' }],
  ['dataschema is no URI', { ...event, dataschema: 'schema.json' }],
  ['has no data', { ...event, data: undefined }],
])('the rules of CloudEvents, as these tests know them, see that %s', (fault, broken) => {
  expect(cloudEventFaults(event)).toEqual([]);
  const faults = cloudEventFaults(JSON.parse(JSON.stringify(broken)));
  expect(faults.join()).toContain(fault);
});
