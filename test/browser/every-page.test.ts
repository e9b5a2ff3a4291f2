import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { keepScreenshot, seriousFindings } from './support/browser.ts';
import { PageBench } from './support/page-bench.ts';

const removal =
  '/new/remove?tenant=fabrikam&subscription=b0000000-0000-4000-8000-0000000000b1&group=rg-payments&vnet=vnet-payments';

/** Name of the pictures, address, who looks, and a text that shows that the page is complete. */
const pages: readonly [string, string, string, string][] = [
  ['home', '/', 'olu', 'corp-westeurope'],
  ['home-requester', '/', 'ada', 'corp-westeurope'],
  ['new', '/new', 'ada', 'Show the plan'],
  ['associate', '/new/associate', 'ada', 'Show the plan'],
  ['remove', removal, 'ada', 'Show the plan'],
  ['my-requests', '/my-requests', 'ada', 'RITM0012345'],
  ['approvals', '/approvals', 'ben', 'RITM0012345'],
  ['requests', '/requests', 'olu', 'RITM0012345'],
  ['request-awaiting', '/requests/RITM0012350', 'ben', 'What happens next'],
  ['request-running', '/requests/web-7K2M9QX4', 'ada', 'What happens next'],
  ['request-succeeded', '/requests/RITM0012301', 'ada', 'How it ended'],
  ['request-parked', '/requests/RITM0012344', 'olu', 'What happens next'],
  ['request-unknown', '/requests/RITM404', 'ada', 'you may not see it'],
  ['pools', '/pools', 'ada', 'Pools'],
  ['pool', '/pools/corp-centralus', 'olu', 'Pool'],
  ['tenants', '/tenants', 'olu', 'Tenants'],
  ['tenant', '/tenants/northwind', 'olu', 'Tenant'],
  ['audit', '/audit', 'ravi', 'Audit'],
  ['no-role', '/', 'noor', 'no role here yet'],
  ['not-found', '/nowhere', 'ada', 'no such page'],
];

/** Light, dark, and as wide as a small phone: pictures of all, findings of axe in both themes. */
async function lookAtEverything(page: Page, name: string): Promise<void> {
  // Nothing is being read any more.
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await keepScreenshot(page, `${name}-light`);
  expect(await seriousFindings(page), `${name}, light`).toEqual([]);

  await page.emulateMedia({ colorScheme: 'dark' });
  await keepScreenshot(page, `${name}-dark`);
  expect(await seriousFindings(page), `${name}, dark`).toEqual([]);

  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 360, height: 740 });
  await keepScreenshot(page, `${name}-360`);
  const [wanted, given] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth];
  });
  expect(wanted, `${name} is wider than a phone`).toBeLessThanOrEqual(given ?? 0);
  await page.setViewportSize({ width: 1280, height: 900 });
}

describe('every page', () => {
  const bench = new PageBench();

  it.each(pages)(
    '%s has no serious finding of axe, fits a phone, and has its picture kept',
    async (...row) => {
      const [name, path, person, text] = row;
      const page = await bench.open(path, { person });
      await page.getByRole('main').getByText(text).first().waitFor();

      await lookAtEverything(page, name);

      await expect.poll(() => page.getByRole('heading', { level: 1 }).count()).toBe(1);
      await expect.poll(() => page.title()).toMatch(/VNet vending$/);
    },
  );

  it('shows the summary of faults and the plan without a serious finding', async () => {
    const page = await bench.open('/new', { person: 'ada' });
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('alert').waitFor();
    await lookAtEverything(page, 'faults');

    await page.getByLabel('Tenant').selectOption('fabrikam');
    await page.getByLabel('Subscription').selectOption({ index: 1 });
    await page.getByLabel('Resource group').fill('rg-payments');
    await page.getByLabel('Name of the VNet').fill('vnet-new');
    await page.getByLabel('Region').selectOption('centralus');
    await page.getByLabel('Addresses').fill('1000');
    await page.getByLabel('IPv6 pool').selectOption('corp-centralus-v6');
    for (const subnet of [1, 2]) {
      await page.getByRole('button', { name: 'Add a subnet' }).click();
      await page.locator(`#subnet-${subnet}-name`).fill(`app-${subnet}`);
    }
    await page.getByLabel('Reason').fill('Data lake of the payments team');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('button', { name: 'Send the request' }).waitFor();
    await lookAtEverything(page, 'plan');
  });
});
