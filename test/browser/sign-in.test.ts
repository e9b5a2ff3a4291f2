import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestSite, type TestSite } from '../local/easy-auth/test-site.ts';
import { keepScreenshot, launchBrowser, openPage, seriousFindings } from './support/browser.ts';

const login = '/.auth/login/local';

let browser: Browser;
let site: TestSite;
beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), startTestSite()]);
});
afterAll(async () => {
  await browser.close();
  await site.host.close();
});

describe('the sign-in of the local platform', () => {
  it.each(['light', 'dark'] as const)(
    'has nothing that axe finds serious and fits a phone, %s',
    async (theme) => {
      const look = { theme, width: 360, height: 740 };
      const { page, context, complaints } = await openPage(browser, site.host.baseUrl, look);
      await page.goto(login);
      await keepScreenshot(page, `sign-in-${theme}-360`);

      expect(await seriousFindings(page)).toEqual([]);
      const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
      expect(scrollWidth).toBe(clientWidth);
      // The stylesheet is there: the policy of the page lets it in.
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(background).toBe(theme === 'light' ? 'rgb(243, 245, 248)' : 'rgb(20, 23, 27)');
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  it('is used by keyboard alone: in, known to the app, and out', async () => {
    const { page, context } = await openPage(browser, site.host.baseUrl);
    await page.goto(`${login}?post_login_redirect_uri=/echo`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/echo');
    await expect.poll(() => page.locator('body').innerText()).toContain('ben@contoso.example');

    await page.goto(login);
    await page.getByText('You are signed in as Ben Approver').waitFor();
    await page.getByRole('link', { name: 'Sign out' }).press('Enter');
    await page.getByText('You are signed in as').waitFor({ state: 'detached' });
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });
});

describe('a page of another origin', () => {
  let foreign: Server;
  const foreignUrl = () => `http://localhost:${(foreign.address() as AddressInfo).port}/`;
  beforeAll(async () => {
    foreign = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><title>Foreign</title>
        <form method="post" action="${site.host.baseUrl}${login}">
        <button name="person" value="olu">Win a prize</button></form>
        <a href="${site.host.baseUrl}/.auth/logout">Win another</a>`);
    }).listen(0, '127.0.0.1');
    await once(foreign, 'listening');
  });
  afterAll(() => foreign.close());

  it('signs nobody in by a form', async () => {
    const { page, context } = await openPage(browser, foreignUrl());
    await page.goto(foreignUrl());
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith(login)),
      page.getByRole('button').click(),
    ]);
    expect(answer.status()).toBe(403);
    expect(await context.cookies(site.host.baseUrl)).toEqual([]);
    await context.close();
  });

  it('signs nobody out by a link, and reads nothing of who is signed in', async () => {
    const { page, context } = await openPage(browser, site.host.baseUrl);
    await page.goto(login);
    await page.getByRole('button', { name: 'Ada Requester' }).click();
    await expect.poll(async () => (await context.cookies()).length).toBe(1);

    await page.goto(foreignUrl());
    const read = page.evaluate(
      (url) => fetch(url, { credentials: 'include' }).then((answer) => answer.text()),
      `${site.host.baseUrl}/.auth/me`,
    );
    await expect(read).rejects.toThrow('Failed to fetch');
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith('/.auth/logout')),
      page.getByRole('link').click(),
    ]);
    expect(answer.status()).toBe(403);
    expect(await context.cookies(site.host.baseUrl)).toHaveLength(1);
    await context.close();
  });
});
