import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventData, rejectionData } from '../../src/model/event-data.ts';
import type { EventType } from '../../src/model/events.ts';
import { runScenario, scenarioLandscape, scenarios } from '../replay/scenarios.ts';
import { cloudEventFaults } from '../support/cloud-events.ts';
import { createExistingNetwork, peerOneSide } from '../support/existing-network.ts';
import { loadPublishedSchemas } from '../support/published-schemas.ts';
import { associateRequest, removeRequest, smallRequest } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

const pageUrl = 'https://vending.contoso.example';
const check = loadPublishedSchemas();
const schemas = { ...eventData, 'request.rejected': rejectionData };
const typeOf = (event: { readonly type: string }) =>
  event.type.replace(/^com\.vnetvending\.(.*)\.v1$/, '$1') as EventType;

/** Every way through the workflow that a history is kept of, and the ends that none of them has. */
async function runJourneys(test: TestPlatform): Promise<void> {
  const runToEnd = async (request: { readonly id: string }) => {
    await test.send(request);
    await test.runToEnd(request.id);
    await test.control.clearFaults();
  };
  await runToEnd(associateRequest(test, 'JOURNEY-NO-NETWORK', 'vnet-nowhere'));
  await createExistingNetwork(test, 'vnet-foreign', '10.2.200.0/24');
  await runToEnd(removeRequest(test, 'JOURNEY-NOT-OWNED', 'vnet-foreign'));
  await test.control.addFault({
    match: { method: 'PUT', path: '/vnet-foreign$', times: 1 },
    effect: { failOperation: { code: 'InternalServerError', message: 'It broke.' } },
  });
  await test.control.addFault({
    match: { method: 'PUT', path: '/vnet-foreign$' },
    effect: { status: 403, code: 'AuthorizationFailed' },
  });
  await runToEnd(associateRequest(test, 'JOURNEY-ASSOCIATE-PARKED', 'vnet-foreign'));
  await parkRemoval(test);
  await test.send({ id: 'JOURNEY-BAD', operation: 'allocate' });
  for (const scenario of scenarios) await runScenario(test, scenario);
  await test.settle();
}

/** Peerings are taken off, the deletion is refused, and so is putting the peerings back. */
async function parkRemoval(test: TestPlatform): Promise<void> {
  await test.send(smallRequest(test, 'JOURNEY-PEERED', 'vnet-peered'));
  expect((await test.runToEnd('JOURNEY-PEERED')).error).toBeUndefined();
  await createExistingNetwork(test, 'vnet-peer', '10.2.201.0/24');
  await peerOneSide(test, 'vnet-peered', 'vnet-peer');
  const refused = { status: 403, code: 'AuthorizationFailed' };
  for (const match of [
    { method: 'DELETE', path: '/virtualNetworks/vnet-peered$' },
    { method: 'PUT', path: '/virtualNetworkPeerings/' },
  ]) {
    await test.control.addFault({ match, effect: refused });
  }
  const removal = { detachPeerings: true };
  await test.send(removeRequest(test, 'JOURNEY-REMOVE-PARKED', 'vnet-peered', 'delete', removal));
  await test.runToEnd('JOURNEY-REMOVE-PARKED');
  await test.control.clearFaults();
}

describe('the events of all journeys', () => {
  let test: TestPlatform;
  let events: Awaited<ReturnType<TestPlatform['events']>> = [];

  beforeAll(async () => {
    test = await TestPlatform.start({
      landscapeFile: scenarioLandscape(),
      settings: { VNETV_PAGE_URL: pageUrl },
    });
    await runJourneys(test);
    events = await test.events();
  }, 120_000);
  afterAll(async () => {
    await test?.close();
  });

  it('are of every type that there is', () => {
    expect([...new Set(events.map(typeOf))].sort()).toEqual(Object.keys(schemas).sort());
  });

  it('fit the rules of CloudEvents and their published schemas, and hold nothing that those do not tell of', () => {
    for (const event of events) {
      const type = typeOf(event);
      expect(cloudEventFaults(event), event.id).toEqual([]);
      expect(check('urn:vnetvending:event', event), event.id).toEqual([]);
      expect(event, event.id).toMatchObject({ dataschema: `urn:vnetvending:event:${type}:v1` });
      expect(check(`urn:vnetvending:event:${type}:v1`, event.data), event.id).toEqual([]);
      expect(schemas[type].parse(event.data), event.id).toEqual(event.data);
    }
  });

  it('have an id each, made of request and type', () => {
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    for (const { id, subject, type } of events.filter((event) => event.subject !== undefined)) {
      expect(id).toContain(typeOf({ type }));
      if (typeOf({ type }) !== 'request.rejected') expect(id).toMatch(new RegExp(`^${subject}:`));
    }
  });

  it('lead to the page of their request, and hold no mail address', () => {
    for (const event of events) {
      if (typeOf(event) === 'request.rejected') continue;
      expect(event.data).toMatchObject({
        links: { request: `${pageUrl}/requests/${event.subject}` },
      });
      expect(JSON.stringify(event)).not.toContain('@');
    }
  });
});
