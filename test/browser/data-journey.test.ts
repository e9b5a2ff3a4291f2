import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { keepScreenshot, seriousFindings } from './support/browser.ts';
import { LocalPage, signIn } from './support/local-page.ts';

/** The workflow waits on real clocks here; Azure is emulated fast. */
const soon = { timeout: 40_000 };

const badge = (page: Page, state: string) => page.locator('.page-title .badge', { hasText: state });

async function send(page: Page, id: string): Promise<void> {
  await page.getByLabel('Reason').fill('To see whether the map follows');
  await page.getByLabel('Request id').fill(id);
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await page.getByRole('button', { name: 'Send the request' }).click(soon);
  await page.waitForURL((url) => url.pathname === `/requests/${id}`);
}

async function approve(page: Page, id: string): Promise<void> {
  await page.goto(`/requests/${id}`);
  await page.getByRole('button', { name: 'Approve…' }).click(soon);
  await page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByText('Ben Approver approved').waitFor(soon);
}

async function signedIn(local: LocalPage, path: string, name: string): Promise<Page> {
  const page = await local.open(path);
  await signIn(page, name);
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  return page;
}

describe('pools, tenants and the audit trail of the local platform', () => {
  const local = new LocalPage();

  it('lets a VNet leave its pool and join it again, and shows both on the map', async () => {
    const ada = await signedIn(local, '/new?pool=corp-centralus', 'Ada Requester');
    await ada.getByLabel('Tenant').selectOption('fabrikam');
    await ada.getByLabel('Resource group').fill('rg-web');
    await ada.getByLabel('Name of the VNet').fill('vnet-leaves');
    await ada.getByLabel('Addresses').fill('200');
    await send(ada, 'RITM0090001');
    await badge(ada, 'Succeeded').waitFor(soon);
    await ada.getByRole('link', { name: 'corp-centralus' }).first().click();
    const map = ada.getByRole('grid', { name: /^Address map of corp-centralus/ });
    const block = map.getByRole('gridcell', { name: /^vnet-leaves .*\/24, .*request RITM0090001/ });
    await block.and(ada.locator('[aria-selected=true]')).waitFor(soon);
    await keepScreenshot(ada, 'data-allocated-light');

    await ada.goto('/tenants/fabrikam');
    await ada.getByRole('link', { name: 'remove vnet-leaves' }).click(soon);
    await ada.getByRole('radio', { name: /Keep the VNet/ }).check();
    await send(ada, 'RITM0090002');
    const ben = await signedIn(local, '/approvals', 'Ben Approver');
    await approve(ben, 'RITM0090002');
    await badge(ada, 'Succeeded').waitFor(soon);
    await ada.goto('/pools/corp-centralus');
    await map.getByRole('gridcell', { name: /^free 10\.0\.0\.0\/12/ }).waitFor(soon);

    await ada.goto('/tenants/fabrikam');
    await ada.getByRole('link', { name: 'associate vnet-leaves' }).click(soon);
    await ada.getByRole('radio', { name: /^vnet-leaves/, checked: true }).waitFor(soon);
    await expect.poll(() => ada.getByLabel('IPv4 pool').inputValue()).toBe('corp-centralus');
    await send(ada, 'RITM0090003');
    await approve(ben, 'RITM0090003');
    await badge(ada, 'Succeeded').waitFor(soon);
    await ada.goto('/pools/corp-centralus?find=vnet-leaves');
    await ada.getByRole('table', { name: /match/ }).getByText('RITM0090003').waitFor(soon);
  }, 240_000);

  it('finds what is missing in a tenant, and gives the command that adds it', async () => {
    const ben = await signedIn(local, '/tenants/northwind', 'Ben Approver');
    await ben.getByRole('button', { name: 'Check now' }).click();
    const notMet = ben.getByRole('region', { name: 'Not met' });
    await notMet.waitFor(soon);

    await expect.poll(() => notMet.innerText()).toContain('Cross-tenant connection');
    await expect
      .poll(() => notMet.getByRole('code').first().innerText())
      .toMatch(
        /^az role assignment create --role "Network Contributor" --assignee \S+ --scope \S+$/,
      );
    expect(await seriousFindings(ben)).toEqual([]);
  });

  it('lets an auditor verify the trail, note its head, and take it away as a file', async () => {
    const ravi = await signedIn(local, '/audit', 'Ravi Auditor');
    await ravi.getByRole('button', { name: 'Verify the trail' }).click();
    const title = ravi.getByText(/^The trail is intact: \d+ entries$/);
    await title.waitFor(soon);
    const entries = Number(/\d+/.exec(await title.innerText())?.[0]);
    expect(entries).toBeGreaterThan(10);
    const head = await ravi.locator('.audit-head code').innerText();
    await ravi.getByLabel('A head that you noted').fill(head);
    await ravi.getByRole('button', { name: 'Compare' }).click();
    await ravi.getByText(`Entry ${entries} is there and has the hash that you noted.`).waitFor();

    for (const [name, lines] of [
      ['Export as JSON lines', entries],
      ['Export as CSV', entries + 1],
    ] as const) {
      const [file] = await Promise.all([
        ravi.waitForEvent('download'),
        ravi.getByRole('link', { name }).click(),
      ]);
      const text = readFileSync(await file.path(), 'utf8');
      expect(text.trimEnd().split(/\r?\n/)).toHaveLength(lines);
    }
    expect(await seriousFindings(ravi)).toEqual([]);
  });
});
