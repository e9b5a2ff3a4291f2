import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { RequestDetail } from '../../src/model/api/request-views.ts';
import { samplePlan } from '../web/samples/plan.ts';
import { keepScreenshot, seriousFindings } from './support/browser.ts';
import { PageBench } from './support/page-bench.ts';

const planHash = 'c6cc3dc4c4c8f394fc099a04353cea230f400de2308b6cb8e9be6473b5ee5156';

describe('the page of a request', () => {
  const bench = new PageBench();

  const requestOf = (id: string): RequestDetail => {
    const found = bench.world.requests.find((request) => request.id === id);
    if (found === undefined) throw new Error(`There is no sample ${id}.`);
    return found;
  };
  const dialog = (page: Page) => page.getByRole('dialog');
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

  it('follows the timeline by itself, tells the new state, and stops at the end', async () => {
    const page = await bench.open('/requests/web-7K2M9QX4', { person: 'ada' });
    await page.getByText('Azure accepted the deployment').waitFor();
    const request = requestOf('web-7K2M9QX4');
    request.timeline.push({
      key: 'late',
      at: new Date().toISOString(),
      step: 'verify',
      status: 'succeeded',
      message: 'VNet and pool agree: 10.0.4.0/22.',
      compensation: false,
    });
    request.state = 'succeeded';
    request.next = 'Nothing: the request is over.';

    await page.getByText('VNet and pool agree: 10.0.4.0/22.').waitFor();

    await page.getByText('Nothing: the request is over.').waitFor();
    await expect
      .poll(() => page.locator('[role=status][aria-live=polite]').innerText())
      .toContain('Succeeded');
    let readings = 0;
    page.on('request', () => {
      readings += 1;
    });
    await page.clock.install();
    await page.clock.runFor(120_000);
    expect(readings).toBe(0);
  });

  it('approves the plan that is shown, as the request was when it was shown', async () => {
    const page = await bench.open('/requests/RITM0012345', { person: 'ben' });
    await button(page, 'Approve…').click();
    await dialog(page).getByText('Large allocation').waitFor();
    await dialog(page).getByText('Create a VNet with new address space').waitFor();
    await keepScreenshot(page, 'approve-light', { fullPage: false });
    expect(await seriousFindings(page)).toEqual([]);

    await dialog(page).getByRole('button', { name: 'Approve', exact: true }).click();

    await page.getByText('Ben Approver approved').waitFor();
    await expect.poll(() => dialog(page).count()).toBe(0);
    const [sent] = bench.sent('/api/requests/RITM0012345/decisions');
    expect(sent?.body).toEqual({ decision: 'approve', planHash });
    expect(sent?.headers['if-match']).toBe('"4"');
    expect(sent?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('shows a plan that changed meanwhile before it can be approved', async () => {
    const page = await bench.open('/requests/RITM0012345', { person: 'ben' });
    await button(page, 'Approve…').click();
    const request = requestOf('RITM0012345');
    request.plan = samplePlan({ name: 'vnet-data', addresses: '4096', hash: 'e'.repeat(64) });
    request.revision += 1;

    await dialog(page).getByText('The plan has changed meanwhile').waitFor();
    await expect
      .poll(() => dialog(page).getByRole('button', { name: 'Approve', exact: true }).count())
      .toBe(0);
    await dialog(page).getByText('/22 (1,024 addresses)').waitFor();
    await dialog(page).getByRole('button', { name: 'Show the new plan' }).click();
    await dialog(page).getByText('/20 (4,096 addresses)').waitFor();
    expect(bench.sent('/api/requests/RITM0012345/decisions')).toEqual([]);
    await dialog(page).getByRole('button', { name: 'Approve', exact: true }).click();

    await page.getByText('Ben Approver approved').waitFor();
    const [sent] = bench.sent('/api/requests/RITM0012345/decisions');
    expect(sent?.body).toEqual({ decision: 'approve', planHash: 'e'.repeat(64) });
    expect(sent?.headers['if-match']).toBe('"5"');
  });

  it('hears from the API that the request changed, and shows how it is now', async () => {
    const page = await bench.open('/requests/RITM0012345', { person: 'ben' });
    await button(page, 'Approve…').click();
    await page.route('**/api/requests/RITM0012345', (route) => route.abort());
    const request = requestOf('RITM0012345');
    request.plan = samplePlan({ name: 'vnet-data', addresses: '4096', hash: 'e'.repeat(64) });
    request.revision += 1;
    await dialog(page).getByRole('button', { name: 'Approve', exact: true }).click();

    await dialog(page).getByText('The request has changed while you were looking').waitFor();
    await page.unroute('**/api/requests/RITM0012345');

    await dialog(page).getByRole('button', { name: 'Show the new plan' }).waitFor();
    expect(request.decisions).toEqual([]);
  });

  it('wants a reason to reject', async () => {
    const page = await bench.open('/requests/RITM0012345', { person: 'ben' });
    await button(page, 'Reject…').click();
    await dialog(page).getByRole('button', { name: 'Reject', exact: true }).click();
    await dialog(page).getByText('Say why.').waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
    expect(bench.sent('/api/requests/RITM0012345/decisions')).toEqual([]);

    await dialog(page).getByLabel('Reason').fill('Use the shared VNet.');
    await dialog(page).getByRole('button', { name: 'Reject', exact: true }).click();

    await page.getByText('Use the shared VNet.').waitFor();
    expect(bench.sent('/api/requests/RITM0012345/decisions')[0]?.body).toEqual({
      decision: 'reject',
      planHash,
      reason: 'Use the shared VNet.',
    });
  });

  it('lets an operator break the glass, with a reason', async () => {
    const page = await bench.open('/requests/RITM0012350', { person: 'olu' });
    await button(page, 'Break the glass…').click();
    await dialog(page).getByText('This approves all stages at once').waitFor();
    await dialog(page).getByLabel('Reason').fill('The security team cannot be reached.');
    await dialog(page).getByRole('button', { name: 'Approve all stages' }).click();

    await page.getByText('Olu Operator broke the glass').waitFor();
    expect(bench.sent('/api/requests/RITM0012350/decisions')[0]?.body).toMatchObject({
      decision: 'break-glass',
      planHash: 'd'.repeat(64),
    });
  });

  it('cancels for the requester and resumes for an operator, with a reason', async () => {
    const ada = await bench.open('/requests/web-7K2M9QX4', { person: 'ada' });
    await button(ada, 'Cancel the request…').click();
    await dialog(ada).getByLabel('Reason').fill('Not needed after all.');
    await dialog(ada).getByRole('button', { name: 'Cancel the request' }).click();
    await ada.getByText('Ada Requester cancelled').waitFor();

    const olu = await bench.open('/requests/RITM0012344', { person: 'olu' });
    await button(olu, 'Resume…').click();
    await dialog(olu).getByLabel('What was done about the cause').fill('The role is back.');
    await dialog(olu).getByRole('button', { name: 'Resume the taking back' }).click();
    await olu.getByText('Olu Operator resumed').waitFor();

    expect(bench.sent('/api/requests/web-7K2M9QX4/cancel')[0]?.body).toEqual({
      reason: 'Not needed after all.',
    });
    expect(bench.sent('/api/requests/RITM0012344/resume')[0]?.body).toEqual({
      reason: 'The role is back.',
    });
  });

  it('offers nothing that the API does not offer', async () => {
    const page = await bench.open('/requests/RITM0012345', { person: 'ravi' });
    await page.getByText('What happens next').waitFor();

    await expect
      .poll(() => page.getByRole('main').getByRole('button', { name: /…$/ }).count())
      .toBe(0);
    await expect.poll(() => page.getByRole('link', { name: 'Remove the VNet…' }).count()).toBe(0);
  });

  it('closes a dialog by Escape and gives the focus back', async () => {
    const page = await bench.open('/requests/RITM0012345', { person: 'ben' });
    await button(page, 'Reject…').press('Enter');
    await dialog(page).waitFor();

    await page.keyboard.press('Escape');

    await expect.poll(() => dialog(page).count()).toBe(0);
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent))
      .toBe('Reject…');
  });

  it('shows HTML as text, and characters that turn text around as what they are', async () => {
    requestOf('RITM0012350').target.virtualNetwork = 'vnet<img src=x onerror=alert(1)>';
    const page = await bench.open('/requests/RITM0012350', { person: 'ben' });
    page.on('dialog', () => expect.unreachable('a script ran'));

    const reason = page.locator('.reason');
    await reason.waitFor();
    await expect
      .poll(() => reason.innerText())
      .toBe('The branch <b>is closed</b> <script>alert(1)</script> ‹U+202E›yb desrever‹U+202C›');
    await page.getByText('vnet<img src=x onerror=alert(1)>').first().waitFor();
    await expect.poll(() => page.locator('main b, main script, main img').count()).toBe(0);
    await keepScreenshot(page, 'odd-names-light');
  });

  it('links a ticket only to a web page, in a tab that knows nothing of this one', async () => {
    const page = await bench.open('/requests/RITM0012345', { person: 'ben' });
    const link = page.getByRole('link', { name: /RITM0012345.*opens in a new tab/ });
    await expect
      .poll(() => link.getAttribute('href'))
      .toMatch(/^https:\/\/contoso\.service-now\.example\//);
    await expect.poll(() => link.getAttribute('rel')).toContain('noopener');

    for (const url of ['javascript:alert(1)', 'http://contoso.example', 'data:text/html,x']) {
      requestOf('RITM0012345').ticket = { system: 'servicenow', id: 'T-1', url };
      await page.reload();
      await page.getByText('T-1').waitFor();
      await expect.poll(() => page.getByRole('link', { name: /T-1/ }).count()).toBe(0);
    }
  });

  it('compares the plan with what came of it', async () => {
    const page = await bench.open('/requests/RITM0012301', { person: 'ada' });
    const against = page.locator('.against');
    await against.waitFor();

    await expect.poll(() => against.innerText()).toContain('256 addresses planned, 10.0.0.0/24');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await against.getByRole('button', { name: 'Copy the prefixes' }).click();
    await page.getByText('Copied: prefixes').waitFor();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toBe('10.0.0.0/24');
  });

  it('says what is left of a parked request, and what was taken back beside what was done', async () => {
    const page = await bench.open('/requests/RITM0012344', { person: 'olu' });
    await page.getByText('What is left').waitFor();
    await page.getByText('allocation 10.0.4.0/22 of the pool corp-centralus').waitFor();
    await page.getByText('Give the application Network Contributor again').waitFor();

    const left = async (text: string): Promise<number> =>
      (await page.getByText(text).first().boundingBox())?.x ?? 0;
    await expect
      .poll(() => left('could not be deleted'))
      .toBeGreaterThan((await left('No other request runs')) + 100);
    await expect.poll(() => page.locator('.phase-stopped').innerText()).toContain('Deploy');
  });

  it('says that a request is unknown or hidden', async () => {
    const page = await bench.open('/requests/RITM404', { person: 'ada' });

    await page.getByText('There is no request RITM404, or you may not see it.').waitFor();
    await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toBe('RITM404');
  });

  it('keeps what it shows when it cannot be read again, and says so', async () => {
    const page = await bench.open('/requests/RITM0012345', { person: 'ben' });
    await page.getByText('What happens next').waitFor();

    await page.route('**/api/requests/RITM0012345', (route) => route.abort());

    await page.getByText('This may be out of date').waitFor();
    await expect.poll(() => page.getByText('What happens next').isVisible()).toBe(true);
  });
});
