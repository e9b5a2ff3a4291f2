import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../src/ledger/content-hash.ts';
import type { Accepted } from '../../../src/model/api/request-views.ts';
import { parseMessage } from '../../../src/model/parse-message.ts';
import { contentOfRequest, requestAsMessage } from '../../../src/model/request-as-message.ts';
import { sampleBody, sampleLandscape } from '../../model/samples.ts';
import { ApiBench } from './api-bench.ts';
import { people } from './people.ts';
import { record } from './recorded-requests.ts';

const { ada, ian, olu } = people;
const { id, requester: _, ...unnamed } = sampleBody();
const named = { id, ...unnamed };
const key = (value: string) => ({ 'idempotency-key': value });

describe('a request', () => {
  it('is in the ledger, queued, and where the answer says', async () => {
    const bench = new ApiBench();
    const answer = await bench.post('/api/requests', { as: ada, body: named });
    expect([answer.status, answer.json]).toEqual([
      202,
      { id, state: 'received', location: `/api/requests/${id}` },
    ]);
    expect(answer.headers.get('location')).toBe(`/api/requests/${id}`);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(bench.queued).toEqual([id]);
    expect(await bench.ledger.getRequest(String(id))).toMatchObject({
      tenant: 'fabrikam',
      request: {
        requester: { name: ada.name, objectId: ada.objectId, tenantId: ada.tenantId },
      },
    });
  });

  it('has an id made of caller and Idempotency-Key, in quotes or without', async () => {
    const bench = new ApiBench();
    const ask = async (as: typeof ada, value: string) => {
      const answer = await bench.post('/api/requests', { as, body: unnamed, headers: key(value) });
      return (answer.json as Accepted).id;
    };
    const first = await ask(ada, '"k-1"');
    expect(first).toMatch(/^req-[0-9a-f]{24}$/);
    expect(await ask(ada, 'k-1')).toBe(first);
    expect(new Set([first, await ask(ada, '"k-2"'), await ask(ian, '"k-1"')]).size).toBe(3);
  });

  it.each([
    ['its id', named, {}],
    ['its Idempotency-Key', unnamed, key('"k-1"')],
  ])('sent again under %s has the same answer, and is made once', async (_what, body, headers) => {
    const bench = new ApiBench();
    const first = await bench.post('/api/requests', { as: ada, body, headers });
    const again = await bench.post('/api/requests', { as: ada, body, headers });
    expect([again.status, again.json]).toEqual([first.status, first.json]);
    expect((await bench.ledger.listRequests({ pageSize: 10 })).requests).toHaveLength(1);
  });

  it('that has ended is told as it ended, and starts nothing', async () => {
    const bench = new ApiBench();
    const { request } = await record(bench, 'RITM-9', { by: ada, state: 'succeeded' });
    const { requester: __, ...body } = request;
    const answer = await bench.post('/api/requests', { as: ada, body });
    expect([answer.status, answer.json]).toMatchObject([202, { state: 'succeeded' }]);
    expect(bench.queued).toEqual([]);
  });

  it('is accepted although the queue cannot be reached: the ledger has it, and the sweep starts it', async () => {
    const serviceBus = {
      queueRequest: async () => {
        throw new Error('no connection');
      },
    };
    const bench = new ApiBench({ app: { serviceBus: serviceBus as never } });
    const answer = await bench.post('/api/requests', { as: ada, body: named });
    expect(answer.status).toBe(202);
    const unfinished = await bench.ledger.listUnfinishedRequests();
    expect(unfinished.map((one) => [one.id, one.state])).toEqual([[id, 'received']]);
    expect(bench.logged.join()).toContain('"event":"request.unqueued"');
  });
});

describe('a contradiction', () => {
  const other = { reason: 'something else' };

  it('to a request of the same id is refused, with a link for who may see that', async () => {
    const bench = new ApiBench();
    await bench.post('/api/requests', { as: ada, body: named });
    const ask = (as: typeof ada) =>
      bench.post('/api/requests', { as, body: { ...named, ...other } });
    const own = await ask(ada);
    expect([own.status, own.json]).toMatchObject([
      409,
      { code: 'Contradiction', instance: `/api/requests/${id}` },
    ]);
    expect((await ask(ian)).json).not.toHaveProperty('instance');
    // The same words of somebody else are another request.
    expect((await bench.post('/api/requests', { as: ian, body: named })).status).toBe(409);
  });

  it('to what came under the same Idempotency-Key is refused', async () => {
    const bench = new ApiBench();
    await bench.post('/api/requests', { as: ada, body: unnamed, headers: key('"k"') });
    const body = { ...unnamed, ...other };
    const answer = await bench.post('/api/requests', { as: ada, body, headers: key('"k"') });
    expect([answer.status, answer.json]).toMatchObject([422, { code: 'IdempotencyKeyReused' }]);
  });
});

describe('who asks is the caller', () => {
  const asked = async (requester: object) => {
    const bench = new ApiBench();
    const answer = await bench.post('/api/requests', { as: ada, body: { ...named, requester } });
    return { answer, record: await bench.ledger.getRequest(String(id)) };
  };

  it('whatever name the body gives; a mail address is kept and never shown', async () => {
    const { record: made } = await asked({ name: 'Olu Operator', email: 'olu@contoso.example' });
    expect(made?.request.requester).toEqual({
      name: ada.name,
      email: 'olu@contoso.example',
      objectId: ada.objectId,
      tenantId: ada.tenantId,
    });
  });

  it('own ids may be said, in any case', async () => {
    const { objectId, tenantId } = ada;
    const { answer } = await asked({ objectId: objectId.toUpperCase(), tenantId });
    expect(answer.status).toBe(202);
  });

  it.each([
    ['the object id of another', { objectId: olu.objectId }, 403],
    ['the tenant of another', { objectId: ada.objectId, tenantId: olu.tenantId }, 403],
    ['ids that are no text', { objectId: ['x'] }, 403],
    ['groups that nobody has proven', { memberOf: ['operators'] }, 400],
    ['no object', 'ada', 400],
    ['a list', [], 400],
  ])('%s is refused', async (_what, requester, status) => {
    const { answer, record: made } = await asked(requester as object);
    expect([answer.status, made]).toEqual([status, undefined]);
  });

  it('groups that Entra ID proves are recorded by their names in the landscape, and tell no requests apart', async () => {
    const group = 'eeeeeeee-0000-4000-8000-000000000001';
    const entraGroups = [{ objectId: group, tenantId: ada.tenantId }];
    const policy = { rules: [], groups: [{ name: 'payments', entraGroups }] };
    const bench = new ApiBench({ app: { landscape: sampleLandscape({ policy }) } });
    const as = { ...ada, groups: [group] };
    await bench.post('/api/requests', { as, body: named });
    const made = await bench.ledger.getRequest(String(id));
    expect(made?.request.requester.memberOf).toEqual(['payments']);
    expect((await bench.post('/api/requests', { as: ada, body: named })).status).toBe(202);
    const shown = await bench.get(`/api/requests/${id}`, { as: ada });
    expect(shown.text).not.toContain('payments"]');
  });
});

describe('refused is', () => {
  it.each([
    ['a request with neither id nor key', unnamed, {}, 400, 'IdempotencyKeyMissing'],
    ['a key that is none', unnamed, key('"'), 400, 'ParameterInvalid'],
    ['a key that is too long', unnamed, key('k'.repeat(256)), 400, 'ParameterInvalid'],
    ['an id that is none', { ...unnamed, id: '../x' }, {}, 400, 'SchemaInvalid'],
    ['a decision', { ...named, operation: 'decide' }, {}, 400, 'SchemaInvalid'],
    ['an unknown operation', { ...named, operation: 'destroy' }, {}, 400, 'UnknownOperation'],
    [
      'an envelope around the request of somebody else',
      { specversion: '1.0', id: 'e', source: 's', type: 't', data: sampleBody() },
      {},
      400,
      'SchemaInvalid',
    ],
  ])('%s', async (_what, body, headers, status, code) => {
    const bench = new ApiBench();
    const answer = await bench.post('/api/requests', { as: ada, body, headers });
    expect([answer.status, answer.json]).toMatchObject([status, { code }]);
    expect((await bench.ledger.listRequests({ pageSize: 10 })).requests).toEqual([]);
  });

  it('a decision that is well formed', async () => {
    const body = {
      operation: 'decide',
      request: 'RITM-9',
      decision: 'approve',
      by: { name: 'x', objectId: ada.objectId, tenantId: ada.tenantId },
    };
    const answer = await new ApiBench().post('/api/requests', { as: ada, body, headers: key('k') });
    expect(answer.status).toBe(400);
  });
});

it('what is queued is taken for the same request, whatever its spelling', async () => {
  const bench = new ApiBench();
  const body = {
    ...named,
    target: {
      tenant: 'fabrikam',
      subscriptionId: 'BBBBBBBB-0000-4000-8000-000000000002',
      resourceGroup: 'rg-payments',
      virtualNetwork: 'vnet-payments',
      location: 'Central US',
    },
    allocations: [{ pool: 'corp-centralus', numberOfIpAddresses: '100' }],
    reason: '  new\n environment ',
  };
  expect((await bench.post('/api/requests', { as: ada, body })).status).toBe(202);
  const made = await bench.ledger.getRequest(String(id));
  if (!made) throw new Error('unreachable');
  const message = JSON.stringify(requestAsMessage(made.request));
  const received = parseMessage(Buffer.from(message));
  if (!received.ok || !('requester' in received.message)) throw new Error('unreachable');
  expect(contentHash(contentOfRequest(received.message))).toBe(made.contentHash);
});
