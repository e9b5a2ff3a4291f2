import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { problem } from '../web/fake-routes.ts';
import { keepScreenshot, seriousFindings } from './support/browser.ts';
import { PageBench } from './support/page-bench.ts';

describe('the tenants of the page', () => {
  const bench = new PageBench();
  const check = (page: Page): Locator => page.getByRole('button', { name: /^Check/ });

  it('lists them with where VNets may be', async () => {
    const page = await bench.open('/tenants', { person: 'ada' });
    const row = page.getByRole('row').filter({ hasText: 'northwind' });
    await row.waitFor();
    await expect.poll(() => row.innerText()).toContain('rg-shared');

    await page.getByRole('link', { name: 'fabrikam' }).click();

    await page.getByText('only in rg-payments, rg-web').waitFor();
    await page.getByText('in every resource group').waitFor();
  });

  it('checks the prerequisites only when asked, and groups what it finds', async () => {
    const page = await bench.open('/tenants/northwind', { person: 'ravi' });
    await page.getByText('Nothing is changed.').waitFor();
    await expect.poll(() => page.getByText('Not ready').count()).toBe(0);
    await check(page).click();

    await page.getByRole('main').getByText('2 not met, 1 cannot be seen, 3 met').waitFor();
    const notMet = page.getByRole('region', { name: 'Not met' });
    await expect.poll(() => notMet.innerText()).toContain('resource group rg-shared');
    await expect
      .poll(() => page.getByRole('region', { name: 'Cannot be seen' }).innerText())
      .toContain('Pending');
    await expect
      .poll(() => page.getByRole('region', { name: 'Met', exact: true }).innerText())
      .toContain('pool corp-centralus');
    await page.getByText('checked just now').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await keepScreenshot(page, 'doctor-light');
    // The command stands in its block, not in the sentence as well.
    await expect.poll(() => notMet.getByText('az role assignment').count()).toBe(2);
  });

  it('gives the command of a remedy to be copied', async () => {
    const page = await bench.open('/tenants/northwind', { person: 'ben' });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await check(page).click();
    await page.getByRole('button', { name: 'Copy the command' }).last().click();
    await page.getByText('Copied: command').waitFor({ state: 'attached' });

    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toMatch(
        /^az role assignment create --role "Network Contributor" .*\/resourceGroups\/rg-shared$/,
      );
  });

  it('checks again after the cause was removed, and tells screen readers how it ended', async () => {
    const page = await bench.open('/tenants/northwind', { person: 'olu' });
    await check(page).click();
    await page.getByText('Not ready', { exact: true }).waitFor();
    const ready = bench.world.checks['fabrikam'];
    if (ready !== undefined) bench.world.checks['northwind'] = { ...ready, alias: 'northwind' };

    await page.getByRole('button', { name: 'Check again' }).click();

    await page.getByText('Ready', { exact: true }).waitFor();
    await page
      .getByRole('status')
      .getByText('The tenant is ready: 3 met.')
      .waitFor({ state: 'attached' });
    await expect.poll(() => page.getByText('Not ready').count()).toBe(0);
  });

  it('says what to do when the check itself fails, and keeps what it found before', async () => {
    const page = await bench.open('/tenants/fabrikam', { person: 'olu' });
    await check(page).click();
    await page.getByText('Ready', { exact: true }).waitFor();
    bench.world.faults['GET /api/tenants/fabrikam/check'] = problem(
      503,
      'AzureUnavailable',
      'Azure did not answer.',
      'Wait a minute.',
    );
    await check(page).click();

    await page.getByText('Wait a minute.').waitFor();
    await page.getByText('Ready', { exact: true }).waitFor();
  });

  it('shows the VNets to everybody, the check not to requesters', async () => {
    const page = await bench.open('/tenants/fabrikam', { person: 'ada' });
    await page.getByRole('table', { name: 'VNets of fabrikam' }).waitFor();
    await expect.poll(() => check(page).count()).toBe(0);

    const reader = await bench.open('/tenants/fabrikam', { person: 'ravi' });
    await reader.getByRole('table', { name: 'VNets of fabrikam' }).waitFor();
    await expect.poll(() => check(reader).count()).toBe(1);
    await expect.poll(() => reader.getByRole('link', { name: /^remove/ }).count()).toBe(0);
  });

  it('finds a VNet by an address in it, and leads on to its pool, request and removal', async () => {
    const page = await bench.open('/tenants/fabrikam', { person: 'ada' });
    await page.getByRole('searchbox', { name: 'Find' }).fill('10.0.0.77');
    await page.getByText('1 of 2').waitFor();
    const row = page.getByRole('row').filter({ hasText: 'vnet-payments' });

    await expect
      .poll(() => row.getByRole('link', { name: 'corp-centralus' }).getAttribute('href'))
      .toBe('/pools/corp-centralus');
    await expect.poll(() => row.getByRole('link', { name: 'RITM0012301' }).count()).toBe(1);
    await expect.poll(() => row.getByRole('link', { name: /^associate/ }).count()).toBe(0);
    await row.getByRole('link', { name: 'remove vnet-payments' }).click();
    await page.getByRole('heading', { name: 'Remove a VNet', level: 1 }).waitFor();
    await page.getByRole('main').getByText('vnet-payments').first().waitFor();
  });

  it('says so when the landscape lists no such tenant, and when there is no VNet', async () => {
    const page = await bench.open('/tenants/nowhere', { person: 'ada' });
    await page.getByText('The landscape lists no tenant nowhere').waitFor();

    await page.goto('/tenants/northwind');
    await page.getByText('There is no VNet yet').waitFor();
  });

  it('shows names as text, whatever they hold', async () => {
    const [first] = bench.world.virtualNetworks['fabrikam'] ?? [];
    if (first !== undefined) first.name = '<img src=x onerror=alert(1)>';
    const page = await bench.open('/tenants/fabrikam', { person: 'ada' });

    await page.getByRole('rowheader', { name: '<img src=x onerror=alert(1)>' }).waitFor();
    await expect.poll(() => page.locator('main img').count()).toBe(0);
  });
});
