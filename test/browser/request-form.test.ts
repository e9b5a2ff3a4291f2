import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { problem } from '../web/fake-routes.ts';
import { samplePlan } from '../web/samples/plan.ts';
import { PageBench } from './support/page-bench.ts';

async function fillIn(page: Page, { id = 'RITM0099001', addresses = '100' } = {}): Promise<void> {
  await page.getByLabel('Tenant').selectOption('fabrikam');
  await page.getByLabel('Subscription').selectOption({ index: 1 });
  await page.getByLabel('Resource group').fill('rg-payments');
  await page.getByLabel('Name of the VNet').fill('vnet-new');
  await page.getByLabel('Region').selectOption('centralus');
  await page.getByLabel('Addresses').fill(addresses);
  await page.getByLabel('Reason').fill('New payments environment');
  await page.getByLabel('Request id').fill(id);
}

const showPlan = (page: Page) => page.getByRole('button', { name: /^Show the plan/ }).first();
const sendButton = (page: Page) => page.getByRole('button', { name: 'Send the request' });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id ?? '');

describe('the form for a new VNet', () => {
  const bench = new PageBench();

  it('shows the plan, then sends exactly what was planned, and opens the request', async () => {
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page);
    await showPlan(page).click();
    await page.getByText('Approved by the policy').waitFor();
    expect(bench.sent('/api/requests')).toEqual([]);

    await sendButton(page).click();

    await page.waitForURL('**/requests/RITM0099001');
    await page.getByRole('heading', { name: 'RITM0099001', level: 1 }).waitFor();
    const [planned] = bench.sent('/api/plans');
    const [sent] = bench.sent('/api/requests');
    expect(sent?.body).toEqual(planned?.body);
    expect(sent?.body).toMatchObject({
      id: 'RITM0099001',
      operation: 'allocate',
      allocations: [{ pool: 'corp-centralus', prefixLength: 25 }],
    });
    expect(sent?.body).not.toHaveProperty('requester');
    expect(sent?.headers['x-vnetv-csrf']).toBe('1');
    expect(sent?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('begins anew after a request was sent', async () => {
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page);
    await showPlan(page).click();
    await sendButton(page).click();
    await page.waitForURL('**/requests/RITM0099001');

    await page.goto('/new');

    await page.getByLabel('Reason').waitFor();
    await expect.poll(() => page.getByLabel('Reason').inputValue()).toBe('');
    await expect
      .poll(() => page.getByLabel('Request id').inputValue())
      .toMatch(/^WEB-[0-9A-Z]{8}$/);
  });

  it('says at each field what is wrong, and in a summary that takes the focus', async () => {
    const page = await bench.open('/new', { person: 'ada' });
    await page.getByLabel('Request id').fill('12');
    await page.getByLabel('Request id').blur();
    await page.getByText('Begin with a letter').waitFor();
    await expect.poll(() => page.getByText('Choose a region.').count()).toBe(0);

    await showPlan(page).click();

    const summary = page.getByRole('alert');
    await summary.getByText('7 things are to be corrected').waitFor();
    await expect
      .poll(() => summary.evaluate((element) => element === document.activeElement))
      .toBe(true);
    expect(bench.sent('/api/plans')).toEqual([]);
    await summary.getByRole('link', { name: 'Choose a region.' }).click();
    await expect.poll(() => focused(page)).toBe('location');
    const region = page.getByLabel('Region');
    await expect.poll(() => region.getAttribute('aria-invalid')).toBe('true');
    await expect.poll(() => region.getAttribute('aria-describedby')).toBe('location-error');
    await region.selectOption('centralus');
    await summary.getByText('6 things').waitFor();
  });

  it('tells what one would get while one types, as count and as prefix', async () => {
    const page = await bench.open('/new', { person: 'ada' });
    await page.getByLabel('Region').selectOption('centralus');
    await page.getByLabel('Addresses').fill('200');
    await page.getByText('You get a /24: 256 addresses, 251 usable in one subnet.').waitFor();
    await expect.poll(() => page.getByLabel('or prefix').inputValue()).toBe('24');

    await page.getByLabel('or prefix').selectOption('/22');

    await expect.poll(() => page.getByLabel('Addresses').inputValue()).toBe('1024');
    await page.getByText('You get a /22: 1,024 addresses, 1,019 usable in one subnet.').waitFor();
    await page.getByLabel('Addresses').fill('9999999');
    await page.getByLabel('Addresses').blur();
    await page.getByText('The pool has only 1,043,200 addresses left.').waitFor();
  });

  it('offers pools of the region only, and resource groups of the subscription only', async () => {
    const page = await bench.open('/new', { person: 'ada' });
    await page.getByLabel('Region').selectOption('westeurope');
    await expect
      .poll(() => page.getByLabel('IPv4 pool').locator('option').allInnerTexts())
      .toEqual(['No IPv4', 'corp-westeurope']);
    await page.getByText('How full it is cannot be seen now.').waitFor();

    await page.getByLabel('Tenant').selectOption('northwind');

    await expect.poll(() => page.getByLabel('Subscription').inputValue()).toMatch(/^c0000000/);
    await expect.poll(() => page.getByLabel('Resource group').inputValue()).toBe('rg-shared');
    await expect
      .poll(() => page.getByLabel('Resource group').evaluate((element) => element.tagName))
      .toBe('SELECT');
  });

  it('says while subnets come and go whether they fit', async () => {
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page, { addresses: '256' });
    await page.getByRole('button', { name: 'Add a subnet' }).click();
    await page.locator('#subnet-1-name:focus').fill('app');
    await page.getByText('64 of 256 addresses in subnets, 192 left').first().waitFor();
    await page.getByRole('button', { name: 'Add a subnet' }).click();
    await page.locator('#subnet-2-name:focus').fill('data');
    await page.locator('#subnet-2-size').fill('200');
    await page.getByText('The subnets need 320 addresses, but the VNet has 256.').first().waitFor();

    await showPlan(page).click();
    await page
      .getByRole('alert')
      .getByRole('link', { name: /The subnets need 320/ })
      .click();
    await expect.poll(() => focused(page)).toBe('subnets');
    await page.getByRole('button', { name: 'Remove subnet 1 (app)' }).click();

    await page.getByText('256 of 256 addresses in subnets, 0 left').first().waitFor();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent))
      .toBe('Add a subnet');
  });

  it('shows the tags that the policy requires, and wants them', async () => {
    bench.world.requiredTags = ['costCentre'];
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page);
    await expect
      .poll(() => page.getByLabel('Tag', { exact: true }).inputValue())
      .toBe('costCentre');
    await expect.poll(() => page.getByRole('button', { name: /Remove the tag/ }).count()).toBe(0);

    await showPlan(page).click();
    await page.getByRole('alert').getByText('Every VNet needs the tag costCentre.').waitFor();
    await page.getByLabel('Value').fill('1234');
    await showPlan(page).click();

    await sendButton(page).waitFor();
    expect(bench.sent('/api/plans')[0]?.body).toMatchObject({ tags: { costCentre: '1234' } });
  });

  it('keeps what was typed over a reload', async () => {
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page);
    await page.getByRole('button', { name: 'Add a subnet' }).click();
    await page.locator('#subnet-1-name').fill('app');

    await page.reload();

    await page.getByLabel('Reason').waitFor();
    await expect
      .poll(() => page.getByLabel('Reason').inputValue())
      .toBe('New payments environment');
    await expect.poll(() => page.getByLabel('Request id').inputValue()).toBe('RITM0099001');
    await expect.poll(() => page.getByLabel('Tenant').inputValue()).toBe('fabrikam');
    await expect.poll(() => page.locator('#subnet-1-name').inputValue()).toBe('app');
    await page.getByRole('button', { name: 'Start anew' }).click();
    await expect.poll(() => page.getByLabel('Reason').inputValue()).toBe('');
  });

  it('shows nothing of it to somebody else who signs in', async () => {
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page);
    await page.context().addCookies([{ name: 'person', value: 'olu', url: bench.url }]);

    await page.reload();

    await page.getByText('Olu Operator').waitFor();
    await expect.poll(() => page.getByLabel('Reason').inputValue()).toBe('');
  });

  it('asks for the plan again when the request was changed after it', async () => {
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page);
    await showPlan(page).click();
    await sendButton(page).waitFor();

    await page.getByLabel('Name of the VNet').fill('vnet-other');

    await page.getByText('You have changed the request since').waitFor();
    await expect.poll(() => sendButton(page).count()).toBe(0);
    await page.getByRole('button', { name: 'Show the plan again' }).last().click();
    await sendButton(page).waitFor();
  });

  it('does not send what the policy denies or what could not succeed', async () => {
    const policy = {
      effect: 'deny',
      rule: 'no-large',
      reason: 'Too large for this tenant.',
    } as const;
    bench.world.preview = () => ({
      plan: { ...samplePlan({ name: 'vnet-new' }), policy, stages: [] },
      riskFlags: [],
    });
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page);
    await showPlan(page).click();
    await page.getByText('Too large for this tenant.').waitFor();
    await expect.poll(() => sendButton(page).count()).toBe(0);

    bench.world.preview = () => ({
      error: {
        code: 'VirtualNetworkExists',
        kind: 'terminal',
        message: 'There is a VNet of this name.',
        cause: 'It was not created by this request.',
        remedy: 'Choose another name.',
      },
      riskFlags: [],
    });
    await showPlan(page).click();

    await page.getByText('As it is, this would not succeed').waitFor();
    await page.getByText('Choose another name.').waitFor();
    await expect.poll(() => sendButton(page).count()).toBe(0);
  });

  it('tells what is not met once, where it stands with its remedy', async () => {
    const error = {
      code: 'PrerequisitesNotMet',
      kind: 'operator',
      message: 'One prerequisite is missing: the role.',
      cause: 'The set-up is incomplete.',
      remedy: 'Assign the role.',
    } as const;
    const plan = samplePlan({ name: 'vnet-new' });
    plan.findings.push({
      check: 'virtual-network-permission',
      status: 'failed',
      subject: 'resource group rg-payments',
      error: { ...error, code: 'PermissionMissing', message: 'The application lacks the role.' },
    });
    bench.world.preview = () => ({ plan, error, riskFlags: [] });
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page);
    await showPlan(page).click();

    await page.getByText('One prerequisite is not met.').waitFor();
    await expect.poll(() => page.getByText('Assign the role.').count()).toBe(1);
    await expect
      .poll(() => page.locator('.finding').first().innerText())
      .toContain('lacks the role');
    await expect.poll(() => sendButton(page).count()).toBe(0);
  });

  it('shows at the field what the API refuses', async () => {
    bench.world.faults['POST /api/plans'] = {
      ...problem(
        400,
        'SchemaInvalid',
        'The name is taken by a reserved word.',
        'Use another name.',
      ),
      pointers: ['/target/virtualNetwork'],
    };
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page);
    await showPlan(page).click();

    const field = page.getByLabel('Name of the VNet');
    await page.locator('#virtualNetwork-error', { hasText: 'reserved word' }).waitFor();
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    await field.fill('vnet-better');
    await expect.poll(() => page.locator('#virtualNetwork-error').count()).toBe(0);
  });

  it('sends the same content again under the same key, and other content under another', async () => {
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page);
    await showPlan(page).click();
    bench.world.faults['POST /api/requests'] = problem(
      503,
      'Unavailable',
      'No answer.',
      'Try again.',
    );
    const keys: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/api/requests')) {
        keys.push(request.headers()['idempotency-key']);
      }
    });
    await sendButton(page).click();
    await page.getByText('No answer.').waitFor();
    await page.reload();
    await showPlan(page).click();
    await sendButton(page).click();
    await page.getByText('No answer.').waitFor();
    await page.getByLabel('Reason').fill('Another reason');
    await showPlan(page).click();
    delete bench.world.faults['POST /api/requests'];
    await sendButton(page).click();
    await page.waitForURL('**/requests/RITM0099001');

    expect(keys).toHaveLength(3);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('leads to the request that has the id already', async () => {
    bench.world.faults['POST /api/requests'] = {
      ...problem(409, 'Contradiction', 'RITM0012345 is there with other content.', 'Use a new id.'),
      instance: '/api/requests/RITM0012345',
    };
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page, { id: 'RITM0012345' });
    await showPlan(page).click();
    await sendButton(page).click();

    await page.getByRole('link', { name: 'Open the request that is there already' }).click();

    await page.waitForURL('**/requests/RITM0012345');
  });

  it('lets a request be sent while the plan cannot be made', async () => {
    bench.world.faults['POST /api/plans'] = problem(503, 'AzureUnavailable', 'No answer.', 'Wait.');
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page);
    await showPlan(page).click();

    await page.getByRole('button', { name: 'Send it all the same' }).click();

    await page.waitForURL('**/requests/RITM0099001');
  });

  it('goes on where it was when the session ended in between', async () => {
    const page = await bench.open('/new', { person: 'ada' });
    await fillIn(page);
    await page.context().clearCookies();
    await showPlan(page).click();
    await page.getByRole('heading', { name: 'Your session is over' }).waitFor();

    await page.locator('a[href*="/.auth/login/local"]').click();
    await page.getByRole('link', { name: 'Ada Requester' }).click();

    await page.getByLabel('Reason').waitFor();
    await expect
      .poll(() => page.getByLabel('Reason').inputValue())
      .toBe('New payments environment');
  });

  it('says what to do when tenants and pools cannot be read', async () => {
    bench.world.faults['GET /api/pools'] = problem(
      503,
      'Unavailable',
      'No answer.',
      'Wait a minute.',
    );
    const page = await bench.open('/new', { person: 'ada' });
    await page.getByText('Wait a minute.').waitFor();
    delete bench.world.faults['GET /api/pools'];

    await page.getByRole('button', { name: 'Try again' }).click();

    await page.getByLabel('Tenant').waitFor();
  });
});

describe('the form for a removal', () => {
  const bench = new PageBench();

  it('is filled in from the request that made the VNet, and tells how', async () => {
    const page = await bench.open('/requests/RITM0012301', { person: 'ada' });
    await page.getByRole('link', { name: 'Remove the VNet…' }).click();
    await page.getByText('vnet-payments').first().waitFor();
    await page.getByLabel('Reason').fill('Not needed any more');
    await page.getByText('When something is in the way').click();
    await page.getByLabel('Take our side of its peerings off first').check();
    await showPlan(page).click();
    await page.getByText('The VNet is deleted; that cannot be undone.').waitFor();

    await sendButton(page).click();

    await page.waitForURL('**/requests/WEB-*');
    expect(bench.sent('/api/requests')[0]?.body).toMatchObject({
      operation: 'remove',
      mode: 'delete',
      detachPeerings: true,
      override: false,
      target: {
        tenant: 'fabrikam',
        resourceGroup: 'rg-payments',
        virtualNetwork: 'vnet-payments',
      },
    });
  });

  it('says nothing of peerings when the VNet stays', async () => {
    const page = await bench.open('/requests/RITM0012301', { person: 'ada' });
    await page.getByRole('link', { name: 'Remove the VNet…' }).click();
    await page.getByLabel('Keep the VNet, take it out of the pools').check();
    await page.getByLabel('Reason').fill('It moves to another pool');
    await showPlan(page).click();
    await sendButton(page).waitFor();

    const body = bench.sent('/api/plans')[0]?.body;
    expect(body).toMatchObject({ mode: 'disassociate' });
    expect(body).not.toHaveProperty('detachPeerings');
    expect(body).not.toHaveProperty('override');
  });
});
