import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { problem } from '../web/fake-routes.ts';
import { sampleRequest } from '../web/samples/requests.ts';
import { PageBench } from './support/page-bench.ts';

const ids = (page: Page) => page.locator('tbody th a').allInnerTexts();

describe('lists of requests', () => {
  const bench = new PageBench();

  it('put what expires first on top of the approvals, and show stage, age and risk', async () => {
    const page = await bench.open('/approvals', { person: 'ben' });
    await page.locator('tbody').waitFor();

    await expect.poll(() => ids(page)).toEqual(['RITM0012345', 'RITM0012350']);
    const [first, second] = await page.locator('tbody tr').allInnerTexts();
    expect(first).toMatch(/Large allocation[\s\S]*network[\s\S]*48 hours ago[\s\S]*in 2 hours/);
    expect(second).toMatch(
      /Deletes[\s\S]*security[\s\S]*stage 2 of 2[\s\S]*1 of 2 approvals[\s\S]*Escalated/,
    );
  });

  it('show approvers nothing of their own', async () => {
    const ben = bench.world.people['ben'];
    if (ben === undefined) throw new Error('Ben is missing.');
    bench.world.requests.push(
      sampleRequest(Date.now(), 60_000, {
        id: 'OWN-1',
        state: 'awaiting-approval',
        requester: { name: ben.name, objectId: ben.objectId, tenantId: ben.tenantId },
      }),
    );
    const page = await bench.open('/approvals', { person: 'ben' });
    await page.locator('tbody').waitFor();

    await expect.poll(() => ids(page)).toEqual(['RITM0012345', 'RITM0012350']);
  });

  it('keep their filters in the address', async () => {
    const page = await bench.open('/requests?state=parked', { person: 'olu' });
    await page.locator('tbody').waitFor();
    await expect.poll(() => ids(page)).toEqual(['RITM0012344']);
    await expect.poll(() => page.getByLabel('State').inputValue()).toBe('parked');

    await page.getByLabel('State').selectOption('Succeeded');
    await page.getByRole('link', { name: 'RITM0012301' }).waitFor();
    expect(new URL(page.url()).search).toBe('?state=succeeded');
    await page.getByLabel('Tenant').selectOption('northwind');
    await page.getByText('No request fits the filters').waitFor();
    await page.getByLabel('State').selectOption('All');
    expect(new URL(page.url()).search).toBe('?tenant=northwind');
  });

  it('go on to the next page and back', async () => {
    const samples = bench.world.requests;
    bench.world.requests = Array.from({ length: 60 }, (_, index) => ({
      ...(samples[index % samples.length] ?? expect.unreachable('no sample')),
      id: `PAGE-${index}`,
    }));
    const page = await bench.open('/requests', { person: 'ravi' });
    await page.locator('tbody').waitFor();
    const first = await ids(page);

    await page.getByRole('link', { name: 'Next page' }).click();
    await page.getByRole('link', { name: 'First page' }).waitFor();
    await page.getByRole('link', { name: 'PAGE-59' }).waitFor();
    const second = await ids(page);
    await page.goBack();
    await page.getByRole('link', { name: 'PAGE-0', exact: true }).waitFor();

    // Pages of the API hold 20 here; a page of the list is made of two of them.
    expect([first.length, second.length]).toEqual([40, 20]);
    expect(second.filter((id) => first.includes(id))).toEqual([]);
    await expect.poll(() => ids(page)).toEqual(first);
  });

  it('open a request by its id', async () => {
    const page = await bench.open('/requests', { person: 'ravi' });
    await page.getByLabel('Request id').fill(' RITM0012301 ');
    await page.getByRole('button', { name: 'Open' }).click();

    await page.waitForURL('**/requests/RITM0012301');
  });

  it('show requesters their own requests only, and what to do where there are none', async () => {
    bench.world.requests = [];
    const page = await bench.open('/my-requests', { person: 'ada' });
    await page.getByText('You have not asked for anything yet').waitFor();

    await page.getByRole('main').getByRole('link', { name: 'New request' }).click();

    await page.waitForURL('**/new');
  });

  it('tell an empty inbox from one that cannot be read', async () => {
    bench.world.requests = [];
    const page = await bench.open('/approvals', { person: 'ben' });
    await page.getByText('Nothing waits for your decision').waitFor();

    bench.world.faults['GET /api/requests'] = problem(
      503,
      'Unavailable',
      'No answer.',
      'Wait a minute.',
    );
    await page.reload();

    await page.getByText('Wait a minute.').waitFor();
    await expect.poll(() => page.getByText('Nothing waits for your decision').count()).toBe(0);
  });

  it('show that they are being read', async () => {
    bench.world.faults['GET /api/requests'] = 'hang';
    const page = await bench.open('/requests', { person: 'olu' });

    await page.getByRole('status').filter({ hasText: 'Reading the requests' }).waitFor();
  });

  it('become cards on a phone', async () => {
    const page = await bench.open('/requests', { person: 'olu', width: 360, height: 740 });
    await page.locator('tbody').waitFor();

    const cell = page.locator('tbody tr').first().getByRole('cell').first();
    await expect.poll(() => cell.locator('.cell-title').isVisible()).toBe(true);
    await expect
      .poll(() => page.getByRole('table', { name: 'Requests, newest first' }).isVisible())
      .toBe(true);
  });
});

describe('the start page', () => {
  const bench = new PageBench();
  const headings = (page: Page) => page.getByRole('heading', { level: 2 }).allInnerTexts();

  it('shows each role what needs its attention', async () => {
    const of = async (person: string): Promise<string[]> => {
      const page = await bench.open('/', { person });
      await page.getByRole('heading', { name: 'Pools', level: 2 }).waitFor();
      return headings(page);
    };

    await expect.poll(() => of('ada')).toEqual(['Your latest requests', 'Pools']);
    await expect.poll(() => of('ben')).toEqual(['Waits for your decision', 'Pools']);
    await expect
      .poll(() => of('olu'))
      .toEqual(['Needs an operator', 'Waits for your decision', 'Your latest requests', 'Pools']);
    await expect.poll(() => of('ravi')).toEqual(['Latest requests', 'Pools']);
  });

  it('has one part fail without the others', async () => {
    bench.world.faults['GET /api/pools'] = problem(
      503,
      'Unavailable',
      'No answer.',
      'Wait a minute.',
    );
    const page = await bench.open('/', { person: 'ben' });

    await page.getByText('Wait a minute.').waitFor();
    await page.getByRole('link', { name: 'RITM0012345' }).waitFor();
  });
});
