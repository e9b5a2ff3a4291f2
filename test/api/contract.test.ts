import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderOpenApi } from '../../scripts/render-openapi.ts';
import { routes } from '../../src/functions/http/routes/all-routes.ts';
import type { RequestDetail } from '../../src/model/api/request-views.ts';
import { openApiDocument } from '../support/api-contract.ts';
import { enters, largeRequest, putOfVirtualNetwork } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';
import { succeeded, TestClient } from './api-client.ts';

let test: TestPlatform;
let ada: TestClient;
let ben: TestClient;
let olu: TestClient;

beforeAll(async () => {
  test = await TestPlatform.start();
  ada = new TestClient(test, 'ada');
  ben = new TestClient(test, 'ben');
  olu = new TestClient(test, 'olu');
});
afterAll(() => test?.close());

const asked = (id: string) => ({ ...largeRequest(test, id), requester: undefined });
const waits = async (id: string): Promise<RequestDetail> => {
  await enters(test, id, 'awaiting-approval');
  return (await ben.get<RequestDetail>(`/api/requests/${id}`)).body;
};

describe('the OpenAPI document', () => {
  it('is valid, and what the routes are', async () => {
    expect(await new Validator().validate({ ...structuredClone(openApiDocument) })).toEqual({
      valid: true,
    });
    expect(openApiDocument).toEqual(JSON.parse(renderOpenApi()));
  });

  it('is served to who is signed in', async () => {
    expect((await ada.get('/api/openapi.json')).body).toEqual(openApiDocument);
  });
});

describe('what the API really answers is what the document says', () => {
  it('about the caller, the pools and the tenants', async () => {
    await ada.get('/api/me');
    await ada.get('/api/pools');
    for (const { alias } of test.platform.ready.landscape.pools)
      await olu.get(`/api/pools/${alias}`);
    await ada.get('/api/tenants');
    // The second one lacks a role and a connection, which the check tells.
    for (const alias of ['fabrikam', 'northwind']) {
      await olu.get(`/api/tenants/${alias}/check`);
      await ada.get(`/api/tenants/${alias}/virtual-networks`);
    }
  });

  it('about a request that is asked for, approved and carried out', async () => {
    await ada.post('/api/plans', asked('CON-1'));
    await ada.post('/api/requests', asked('CON-1'));
    const { plan } = await waits('CON-1');
    await ben.post('/api/requests/CON-1/decisions', {
      decision: 'approve',
      planHash: plan?.planHash,
    });
    await test.runToEnd('CON-1');
    await ada.get('/api/requests/CON-1');
  });

  it('about one that is rejected, and one that is cancelled', async () => {
    await ada.post('/api/requests', asked('CON-2'));
    const { plan } = await waits('CON-2');
    const body = { decision: 'reject', planHash: plan?.planHash, reason: 'too large' };
    await ben.post('/api/requests/CON-2/decisions', body);
    expect((await test.runToEnd('CON-2')).state).toBe('rejected');
    await ada.post('/api/requests', asked('CON-3'));
    await waits('CON-3');
    await ada.post('/api/requests/CON-3/cancel', { reason: 'a mistake' });
    expect((await test.runToEnd('CON-3')).state).toBe('cancelled');
    for (const id of ['CON-2', 'CON-3']) await ada.get(`/api/requests/${id}`);
  });

  it('about one whose compensation fails, until an operator resumes it', async () => {
    await test.control.addFault({
      match: putOfVirtualNetwork,
      effect: { failOperation: { code: 'InternalServerError', message: 'A host went down.' } },
    });
    await test.control.addFault({
      match: { method: 'DELETE', path: '/virtualNetworks/[^/]+$' },
      effect: { status: 403, code: 'AuthorizationFailed' },
    });
    await ada.post('/api/requests', asked('CON-4'));
    const { plan } = await waits('CON-4');
    const body = { decision: 'approve', planHash: plan?.planHash };
    await ben.post('/api/requests/CON-4/decisions', body);
    expect((await test.runToEnd('CON-4')).state).toBe('compensation-failed');
    const parked = await olu.get<RequestDetail>('/api/requests/CON-4');
    expect(parked.body.actions).toContain('resume');
    expect(parked.body.leftovers).not.toEqual([]);
    await test.control.clearFaults();
    await olu.post('/api/requests/CON-4/resume', { reason: 'the right to delete is back' });
    await test.runUntil(
      'the end',
      async () => (await test.ledger.getRequest('CON-4'))?.state === 'failed',
    );
    await ada.get('/api/requests/CON-4');
  });

  it('in lists, and in the audit trail of all that', async () => {
    for (const query of ['', '?pageSize=1', '?state=rejected,failed', '?awaiting=me']) {
      await olu.get(`/api/requests${query}`);
    }
    await olu.get('/api/audit?pageSize=5');
    const verified = await olu.get<{ intact: boolean }>('/api/audit/verification');
    expect(verified.body.intact).toBe(true);
    for (const format of ['csv', 'jsonl']) await olu.get(`/api/audit/export?format=${format}`);
  });

  it('in refusals', async () => {
    await ada.get('/api/audit');
    await ada.get('/api/requests/NONE-1');
    await ada.get('/api/requests?state=x');
    await ada.post('/api/requests', { operation: 'allocate' });
    await ada.post('/api/requests', { ...asked('CON-1'), reason: 'another' });
    await ada.send('POST', '/api/requests', '{', { 'content-type': 'text/plain' });
    const conflict = await ben.post<{ code: string }>('/api/requests/CON-1/decisions', {
      decision: 'approve',
      planHash: '0'.repeat(64),
    });
    expect(conflict.status).toBe(409);
  });

  it('every route was seen to succeed', () => {
    expect([...succeeded].toSorted()).toEqual(routes.map(({ name }) => name).toSorted());
  });
});
