import { describe, expect, it } from 'vitest';
import { problem } from '../web/fake-routes.ts';
import { keepScreenshot, seriousFindings } from './support/browser.ts';
import { PageBench } from './support/page-bench.ts';

describe('the frame of the page', () => {
  const bench = new PageBench();

  it('asks to sign in, and comes back to the address that was asked for', async () => {
    const page = await bench.open('/pools?x=1');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await keepScreenshot(page, 'sign-in-light');

    await page.getByRole('link', { name: 'Sign in' }).and(page.locator('[href*=local]')).click();
    await page.getByRole('link', { name: 'Ada Requester' }).click();

    await page.getByRole('heading', { name: 'Pools', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/pools?x=1');
  });

  it('says when the session is over, without losing the place', async () => {
    const page = await bench.open('/', { person: 'ada' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.context().clearCookies();

    await page.getByRole('link', { name: 'Pools', exact: true }).click();

    await page.getByRole('heading', { name: 'Your session is over' }).waitFor();
  });

  it('shows each role what it is for', async () => {
    const labels = async (person: string): Promise<string[]> => {
      const page = await bench.open('/', { person });
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link').first().waitFor();
      return page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts();
    };

    await expect
      .poll(() => labels('ada'))
      .toEqual(['Home', 'New request', 'My requests', 'Pools', 'Tenants']);
    await expect
      .poll(() => labels('ben'))
      .toEqual(['Home', 'Approvals', 'All requests', 'Pools', 'Tenants']);
    await expect
      .poll(() => labels('ravi'))
      .toEqual(['Home', 'All requests', 'Pools', 'Tenants', 'Audit']);
    await expect.poll(() => labels('olu')).toHaveLength(8);
  });

  it('tells somebody without a role what to ask for', async () => {
    const page = await bench.open('/', { person: 'noor' });

    await page.getByRole('heading', { name: 'You have no role here yet' }).waitFor();
    await expect.poll(() => page.getByRole('main').innerText()).toContain('77777777-7777-4777');
  });

  it('keeps a page from who may not open it, and knows no page at other addresses', async () => {
    const page = await bench.open('/audit', { person: 'ada' });
    await page.getByRole('heading', { name: 'This page is for other roles' }).waitFor();

    await page.goto('/nowhere/at/all');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  });

  it('moves the focus to the new heading, sets the title, and goes back', async () => {
    const page = await bench.open('/', { person: 'ada' });
    await page.getByRole('link', { name: 'Tenants' }).click();
    await page.getByRole('heading', { name: 'Tenants', level: 1 }).waitFor();

    await expect
      .poll(() => page.evaluate(() => document.activeElement?.outerHTML))
      .toMatch(/^<h1.*Tenants/);
    await expect.poll(() => page.title()).toBe('Tenants · VNet vending');
    await page.goBack();
    await page.waitForURL(`${bench.url}/`);
  });

  it('lets the keyboard skip the navigation', async () => {
    const page = await bench.open('/', { person: 'ada' });
    await page.getByRole('navigation', { name: 'Main' }).waitFor();

    await page.keyboard.press('Tab');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent))
      .toContain('Skip');
    await page.keyboard.press('Enter');

    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('main');
  });

  it('keeps the colours that somebody chose', async () => {
    const page = await bench.open('/', { person: 'ada', theme: 'light' });
    const background = () =>
      page.evaluate(() => getComputedStyle(document.body.parentElement as Element).backgroundColor);
    await page.getByRole('combobox', { name: 'Colours' }).selectOption('dark');
    const chosen = await background();
    await page.reload();
    await page.getByRole('combobox', { name: 'Colours' }).waitFor();

    expect(chosen).toBe('rgb(14, 19, 26)');
    await expect.poll(() => background()).toBe(chosen);
  });

  it('folds the navigation away on a phone', async () => {
    const page = await bench.open('/', { person: 'olu', width: 360, height: 740 });
    const navigation = page.getByRole('navigation', { name: 'Main' });
    const menu = page.getByRole('button', { name: 'Menu' });
    await menu.waitFor();
    await expect.poll(() => navigation.isVisible()).toBe(false);

    await menu.click();
    await keepScreenshot(page, 'menu-360');
    await expect.poll(() => navigation.isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => navigation.isVisible()).toBe(false);
  });

  it('says what to do when the service fails, and tries again', async () => {
    bench.world.faults['GET /api/me'] = problem(
      503,
      'Unavailable',
      'The ledger does not answer.',
      'Wait a minute.',
    );
    const page = await bench.open('/', { person: 'ada' });
    await page.getByText('Wait a minute.').waitFor();
    delete bench.world.faults['GET /api/me'];

    await page.getByRole('button', { name: 'Try again' }).click();

    await page.getByRole('navigation', { name: 'Main' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds serious, %s', async (theme) => {
    const page = await bench.open('/', { person: 'olu', theme });
    await page.getByRole('navigation', { name: 'Main' }).waitFor();

    expect(await seriousFindings(page)).toEqual([]);
    await keepScreenshot(page, `home-${theme}`);
  });
});
