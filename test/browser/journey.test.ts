import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { keepScreenshot, seriousFindings } from './support/browser.ts';
import { LocalPage, signIn } from './support/local-page.ts';

/** The workflow waits on real clocks here; Azure is emulated fast. */
const soon = { timeout: 20_000 };

/** Texts may hold anything but what turns them around, which the API refuses. */
const oddReason = 'Line one <img src=x onerror="alert(1)"> & "quoted" שלום {{7*7}}';

const badge = (page: Page, state: string) => page.locator('.page-title .badge', { hasText: state });

async function expectAccessible(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await keepScreenshot(page, `journey-${name}-${colorScheme}`);
    expect(await seriousFindings(page), `${name}, ${colorScheme}`).toEqual([]);
  }
}

async function fillIn(page: Page, id: string, virtualNetwork: string): Promise<void> {
  await page.getByLabel('Tenant').selectOption('fabrikam');
  await page.getByLabel('Resource group').fill('rg-payments');
  await page.getByLabel('Name of the VNet').fill(virtualNetwork);
  await page.getByLabel('Region').selectOption('centralus');
  await page.getByLabel('Addresses').fill('1000');
  await page.getByRole('button', { name: 'Add a subnet' }).click();
  await page.locator('#subnet-1-name').fill('app');
  await page.getByLabel('Reason').fill(oddReason);
  await page.getByLabel('Request id').fill(id);
}

async function approve(page: Page, id: string): Promise<void> {
  await page.getByRole('link', { name: id }).click();
  await page.getByRole('button', { name: 'Approve…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByText('Ben Approver approved').waitFor(soon);
}

describe('the journey through the page of the local platform', () => {
  const local = new LocalPage();

  it('goes from request over approval to the VNet on the map of the pool, and back again', async () => {
    const ada = await local.open('/new');
    ada.on('dialog', () => expect.unreachable('a script ran'));
    await expectAccessible(ada, 'sign-in');
    await signIn(ada, 'Ada Requester');
    await fillIn(ada, 'RITM0070001', 'vnet-journey');
    await ada.getByRole('button', { name: 'Show the plan' }).click();
    await ada.getByText('Needs an approval').waitFor(soon);
    await expectAccessible(ada, 'plan');
    await ada.getByRole('button', { name: 'Send the request' }).click();
    await badge(ada, 'Awaiting approval').waitFor(soon);
    await expect.poll(() => ada.locator('.reason').innerText()).toBe(oddReason);
    await expect.poll(() => ada.locator('main img').count()).toBe(0);

    const ben = await local.open('/approvals');
    await signIn(ben, 'Ben Approver');
    await ben.getByRole('link', { name: 'RITM0070001' }).waitFor(soon);
    await expectAccessible(ben, 'approvals');
    await approve(ben, 'RITM0070001');

    // Ada has not touched anything: her page follows.
    await badge(ada, 'Succeeded').waitFor(soon);
    await expectAccessible(ada, 'succeeded');
    const [prefix = ''] = (await ada.locator('.outcome').innerText()).split(',');
    expect(prefix.trim()).toMatch(/^10\.\d+\.\d+\.0\/22$/);

    await ada.goto('/pools/corp-centralus');
    await ada.getByText('vnet-journey').first().waitFor(soon);
    await expectAccessible(ada, 'pool-map');

    await ada.goto('/requests/RITM0070001');
    await ada.getByRole('link', { name: 'Remove the VNet…' }).click();
    await ada.getByLabel('Reason').fill('The environment is not needed any more');
    await ada.getByLabel('Request id').fill('RITM0070002');
    await ada.getByRole('button', { name: 'Show the plan' }).click();
    await ada.getByRole('button', { name: 'Send the request' }).click(soon);
    await badge(ada, 'Awaiting approval').waitFor(soon);
    await ben.goto('/approvals');
    await approve(ben, 'RITM0070002');
    await badge(ada, 'Succeeded').waitFor(soon);
    await expectAccessible(ada, 'removed');

    await ada.goto('/pools/corp-centralus');
    await ada.getByRole('heading', { level: 1, name: 'corp-centralus' }).waitFor();
    await ada.locator('.skeleton').first().waitFor({ state: 'detached' });
    await expect.poll(() => ada.getByText('vnet-journey').count()).toBe(0);
  }, 240_000);
});
