import { describe, expect, it } from 'vitest';
import { callbacksFor, callbacksSchema } from '../../src/model/callbacks.ts';
import { vendingError } from '../../src/model/errors.ts';
import { rejectionEvent, requestEvent } from '../../src/model/events.ts';
import { limits } from '../../src/model/limits.ts';
import { ids, sampleLandscape, sampleRequest } from './samples.ts';

const callback = (change: object = {}) => ({
  name: 'tickets',
  url: 'https://tickets.contoso.example/hook',
  secretSetting: 'HOOK_SECRET',
  ...change,
});

const callbacksOf = (count: number) =>
  Array.from({ length: count }, (_, index) => callback({ name: `tickets-${index}` }));

describe('a callback of the landscape', () => {
  it('wants everything, unless it says otherwise', () => {
    expect(callbacksSchema.parse([callback()])).toEqual([
      { ...callback(), format: 'cloudevents', timeoutSeconds: 15 },
    ]);
    expect(callbacksSchema.parse(undefined)).toEqual([]);
  });

  it('may be one of many, and patient', () => {
    const callbacks = callbacksOf(limits.callbacks);
    expect(callbacksSchema.safeParse(callbacks).success).toBe(true);
    const patient = [callback({ timeoutSeconds: limits.callbackTimeoutSeconds })];
    expect(callbacksSchema.safeParse(patient).success).toBe(true);
  });

  it.each<[string, readonly object[]]>([
    ['another scheme', [callback({ url: 'ftp://x.example/' })]],
    ['no address', [callback({ url: undefined })]],
    ['two addresses', [callback({ urlSetting: 'HOOK_URL' })]],
    ['a secret in place of the name of a setting', [callback({ secretSetting: 'whsec_AAA+' })]],
    ['a type that there is not', [callback({ events: ['approval.given'] })]],
    ['no type at all', [callback({ events: [] })]],
    ['a member that is not known', [callback({ secret: 'x' })]],
    ['a name that is used twice', [callback(), callback()]],
    ['too much patience', [callback({ timeoutSeconds: limits.callbackTimeoutSeconds + 1 })]],
    ['too many others', callbacksOf(limits.callbacks + 1)],
  ])('is refused with %s', (_what, callbacks) => {
    expect(callbacksSchema.safeParse(callbacks).success).toBe(false);
  });
});

const at = '2026-11-22T00:00:00Z';
const eventOf = (type: Parameters<typeof requestEvent>[0], tenant = 'fabrikam') => {
  const request = sampleRequest();
  const target = { ...request.target, tenant };
  return requestEvent(
    type,
    { id: request.id, request: { ...request, target }, state: 'failed' },
    at,
  );
};
const rejection = rejectionEvent(
  'rej-1-1',
  { error: vendingError('SchemaInvalid', 'It is empty.') },
  at,
);

describe('an event goes to', () => {
  const isWanted = (change: object, event = eventOf('approval.requested')) =>
    callbacksFor(event, sampleLandscape({ callbacks: [callback(change)] })).length === 1;

  it('whoever wants its type, its family, or all', () => {
    expect(isWanted({})).toBe(true);
    expect(isWanted({ events: ['approval.requested'] })).toBe(true);
    expect(isWanted({ events: ['allocation', 'approval'] })).toBe(true);
  });

  it('nobody who wants others', () => {
    expect(isWanted({ events: ['approval.granted', 'allocation'] })).toBe(false);
    expect(
      isWanted({ events: ['allocation.failed'] }, eventOf('allocation.compensation-failed')),
    ).toBe(false);
  });

  it('whoever wants its tenant, by whichever name the request has it', () => {
    const tenants = ['fabrikam'];
    expect(isWanted({ tenants })).toBe(true);
    expect(isWanted({ tenants }, eventOf('approval.requested', ids.managedTenant))).toBe(true);
    expect(isWanted({ tenants }, eventOf('approval.requested', 'northwind'))).toBe(false);
    expect(isWanted({ tenants: ['northwind'] })).toBe(false);
  });

  it('nobody of one tenant, when it is about none', () => {
    expect(isWanted({}, rejection)).toBe(true);
    expect(isWanted({ events: ['request.rejected'] }, rejection)).toBe(true);
    expect(isWanted({ tenants: ['fabrikam'] }, rejection)).toBe(false);
  });
});
