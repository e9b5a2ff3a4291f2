import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { headOf, sampleAudit, verificationOf } from '../web/samples/audit.ts';
import { keepScreenshot, seriousFindings } from './support/browser.ts';
import { PageBench } from './support/page-bench.ts';

describe('the audit trail on the page', () => {
  const bench = new PageBench();
  beforeEach(() => {
    bench.world.audit = sampleAudit(Date.now());
    bench.world.verification = verificationOf(bench.world.audit, headOf(bench.world.audit));
  });
  const entries = (page: Page) => page.getByRole('table', { name: /^Entries/ });
  const verify = (page: Page) => page.getByRole('button', { name: 'Verify the trail' }).click();
  const compare = async (page: Page, head: string): Promise<void> => {
    await page.getByLabel('A head that you noted').fill(head);
    await page.getByRole('button', { name: 'Compare' }).click();
  };

  it('shows who did what when, and all facts of an entry', async () => {
    const page = await bench.open('/audit', { person: 'ravi' });
    const row = entries(page).getByRole('row').nth(4);
    await row.waitFor();
    await expect
      .poll(() => row.innerText())
      .toMatch(/4[\s\S]*RITM0012301[\s\S]*Approved, stage approval/);
    await expect.poll(() => row.innerText()).toContain('Ben Approver');

    await row.getByText('Facts').click();

    const [, , , fourth] = bench.world.audit;
    await row.getByText(fourth?.hash ?? '?', { exact: true }).waitFor();
    await row.getByText(fourth?.facts['planHash'] ?? '?').waitFor();
  });

  it('goes through the trail by pages that can be linked to', async () => {
    const page = await bench.open('/audit', { person: 'ravi' });
    await entries(page).waitFor();
    await expect.poll(() => entries(page).getByRole('row').count()).toBe(51);
    await page.getByRole('link', { name: 'Next page' }).click();

    await entries(page).getByRole('rowheader', { name: '51', exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?after=50');
    await expect.poll(() => page.getByRole('link', { name: 'Next page' }).count()).toBe(0);
    await page.getByRole('link', { name: 'First page' }).click();
    await entries(page).getByRole('rowheader', { name: '1', exact: true }).waitFor();
  });

  it('shows one request alone', async () => {
    const page = await bench.open('/audit', { person: 'olu' });
    await page.getByLabel('Request').fill('RITM0012304');
    await page.getByRole('button', { name: 'Show' }).click();

    await entries(page).getByText('Rejected, stage approval').waitFor();
    await expect.poll(() => entries(page).getByRole('row').count()).toBe(6);
    expect(new URL(page.url()).search).toBe('?request=RITM0012304');
    await page.getByRole('link', { name: 'All requests' }).last().click();
    await entries(page).getByText('RITM0012301').first().waitFor();

    await page.goto('/audit?request=RITM404');
    await page.getByText('There is no entry about RITM404').waitFor();
  });

  it('verifies the trail, gives the head to note, and leads to the newest entries', async () => {
    const page = await bench.open('/audit', { person: 'ravi' });
    await verify(page);
    await page.getByText(`The trail is intact: ${bench.world.audit.length} entries`).waitFor();
    const { sequence, hash } = headOf(bench.world.audit);
    await page.getByText(`${sequence}:${hash}`).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await keepScreenshot(page, 'audit-verified-light');

    await page.getByRole('link', { name: 'Go to the newest entries' }).click();

    await entries(page)
      .getByRole('rowheader', { name: String(sequence), exact: true })
      .waitFor();
  });

  it('says what is wrong with a trail that was changed', async () => {
    const head = headOf(bench.world.audit);
    const changed = bench.world.audit.map((entry) =>
      entry.sequence === 4 ? { ...entry, actor: { name: 'Somebody Else' } } : entry,
    );
    bench.world.verification = verificationOf(changed, head);
    const page = await bench.open('/audit', { person: 'ravi' });
    await verify(page);

    const alert = page.getByRole('alert');
    await alert.getByText('The trail is not intact').waitFor();
    await expect.poll(() => alert.innerText()).toMatch(/Entry 4 .* was changed/);
    await expect.poll(() => alert.innerText()).toContain('security team');
  });

  it('compares the trail with a head that was noted before', async () => {
    const page = await bench.open('/audit', { person: 'ravi' });
    await entries(page).waitFor();
    const noted = headOf(bench.world.audit.slice(0, 7));
    await compare(page, `${noted.sequence}:${noted.hash}`);
    await page.getByText('Entry 7 is there and has the hash that you noted.').waitFor();

    await compare(page, `${noted.sequence}:${'0'.repeat(64)}`);
    await page.getByText(/^Entry 7 has another hash/).waitFor();

    bench.world.audit.length = 6;
    await compare(page, `${noted.sequence}:${noted.hash}`);
    await page.getByText(/^There is no entry 7 any more/).waitFor();

    await compare(page, 'no head');
    await page.getByText(/^Give the number of the entry/).waitFor();
  });

  it('offers the trail as a file in two formats', async () => {
    const page = await bench.open('/audit', { person: 'ravi' });
    await entries(page).waitFor();
    const hrefs = await page
      .getByRole('link', { name: /^Export/ })
      .evaluateAll((links) =>
        links.map((link) => [link.getAttribute('href'), link.hasAttribute('download')]),
      );

    expect(hrefs).toEqual([
      ['/api/audit/export?format=jsonl', true],
      ['/api/audit/export?format=csv', true],
    ]);
  });

  it('is empty before the first request, and not for requesters', async () => {
    bench.world.audit = [];
    const page = await bench.open('/audit', { person: 'ravi' });
    await page.getByText('The trail is empty').waitFor();

    const requester = await bench.open('/audit', { person: 'ada' });
    await requester.getByRole('heading', { name: 'This page is for other roles' }).waitFor();
  });

  it('shows what people wrote as text', async () => {
    const page = await bench.open('/audit?request=RITM0012301', { person: 'ravi' });
    await entries(page).getByText('Facts').first().click();

    await page.getByText('New payments environment <b>for</b> the autumn').waitFor();
    await expect.poll(() => page.locator('main b').count()).toBe(0);
  });
});
