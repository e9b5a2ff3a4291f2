import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { fabrikamSubscription } from '../web/samples/tenants.ts';
import { keepScreenshot, seriousFindings } from './support/browser.ts';
import { PageBench } from './support/page-bench.ts';

const idOf = (name: string): string =>
  `/subscriptions/${fabrikamSubscription}/resourceGroups/rg-web/providers/Microsoft.Network/virtualNetworks/${name}`;

describe('the form for an association', () => {
  const bench = new PageBench();
  beforeEach(() => {
    for (let index = 0; index < 40; index += 1) {
      bench.world.virtualNetworks['fabrikam']?.push({
        id: idOf(`vnet-old-${index}`),
        name: `vnet-old-${index}`,
        subscriptionId: fabrikamSubscription,
        resourceGroup: 'rg-web',
        location: index % 2 === 0 ? 'westeurope' : 'norwayeast',
        addressPrefixes: [`10.17.${index}.0/24`],
        pools: [],
      });
    }
  });
  const showPlan = (page: Page) => page.getByRole('button', { name: 'Show the plan' }).click();

  it('asks for a VNet that somebody looked for, in the pool that holds its prefixes', async () => {
    const page = await bench.open('/new/associate', { person: 'ada' });
    await page.getByLabel('Tenant').selectOption('fabrikam');
    await page.getByText('42 of 42, the first 30 are shown').waitFor();
    await page.getByLabel('VNet', { exact: true }).fill('branch');
    await page.getByRole('radio', { name: /^vnet-branch/ }).check();

    await expect.poll(() => page.getByLabel('IPv4 pool').inputValue()).toBe('corp-centralus');
    await page.getByLabel('Reason').fill('It is older than the pools');
    await showPlan(page);
    await page.getByRole('button', { name: 'Send the request' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await keepScreenshot(page, 'associate-plan-light');
    await page.getByRole('button', { name: 'Send the request' }).click();

    await page.waitForURL(/\/requests\//);
    expect(bench.sent('/api/requests')[0]?.body).toMatchObject({
      operation: 'associate',
      target: { tenant: 'fabrikam', virtualNetwork: 'vnet-branch', resourceGroup: 'rg-web' },
      pools: ['corp-centralus'],
    });
  });

  it('is filled in from the row of a VNet', async () => {
    const page = await bench.open('/tenants/fabrikam', { person: 'ada' });
    await page.getByRole('searchbox', { name: 'Find' }).fill('vnet-branch');
    await page.getByRole('link', { name: 'associate vnet-branch' }).click();

    await page.getByRole('radio', { name: /^vnet-branch/, checked: true }).waitFor();
    await expect.poll(() => page.getByLabel('IPv4 pool').inputValue()).toBe('corp-centralus');
    await page.waitForURL((url) => url.search === '');
    await page.getByLabel('VNet', { exact: true }).fill('payments');
    await page.getByRole('radio', { name: /^vnet-payments/ }).check();
    await page.getByText('vnet-payments belongs to a pool already').waitFor();
  });

  it('says so when the VNet of the link is gone', async () => {
    const query = new URLSearchParams({ tenant: 'fabrikam', id: idOf('vnet-gone') });
    const page = await bench.open(`/new/associate?${query}`, { person: 'ada' });
    await page.getByText('There is no such VNet any more').waitFor();
    await page.getByRole('button', { name: 'Choose one' }).click();

    await page.getByLabel('Tenant').waitFor();
  });

  it('says when no pool is in the region of the VNet', async () => {
    const page = await bench.open('/new/associate', { person: 'ada' });
    await page.getByLabel('Tenant').selectOption('fabrikam');
    await page.getByLabel('VNet', { exact: true }).fill('vnet-old-3 norway');
    await page.getByRole('radio', { name: /^vnet-old-3 / }).check();

    await page.getByText('There is no pool for it in norwayeast').waitFor();
  });

  it('says which prefix a pool does not hold', async () => {
    const [branch] = bench.world.virtualNetworks['fabrikam'] ?? [];
    branch?.addressPrefixes.push('172.16.0.0/24');
    const page = await bench.open('/new/associate', { person: 'ada' });
    await page.getByLabel('Tenant').selectOption('fabrikam');
    await page.getByRole('radio', { name: /^vnet-branch/ }).check();
    await expect.poll(() => page.getByLabel('IPv4 pool').inputValue()).toBe('');

    await page.getByLabel('IPv4 pool').selectOption('corp-centralus');

    await page.getByText('172.16.0.0/24 lies outside of this pool').waitFor();
  });

  it('says what is missing, where it is missing', async () => {
    const page = await bench.open('/new/associate', { person: 'ada' });
    await page.getByLabel('Tenant').waitFor();
    await showPlan(page);
    await page.getByRole('alert').getByRole('link', { name: 'Choose the VNet.' }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('SELECT');

    await page.getByLabel('Tenant').selectOption('fabrikam');
    await page.getByRole('radio').first().waitFor();
    await page.getByRole('alert').getByRole('link', { name: 'Choose the VNet.' }).click();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('type')))
      .toBe('radio');
    await expect.poll(() => page.getByRole('radiogroup').getAttribute('aria-invalid')).toBe('true');
  });

  it('is filled in by keyboard alone', async () => {
    const page = await bench.open('/new/associate', { person: 'ada' });
    await page.getByLabel('Tenant').focus();
    await page.keyboard.press('f');
    await page.getByRole('radio').first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('branch');
    await page.getByText('1 of 42').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press(' ');

    await page.getByRole('radio', { name: /^vnet-branch/, checked: true }).waitFor();
    await page.getByLabel('IPv4 pool').waitFor();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  });
});
