import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { projectRoot } from '../../../scripts/sources.ts';
import { until } from '../../support/control.ts';
import { keepScreenshot, type Look, launchBrowser, openPage } from './browser.ts';

/** The page as the local platform serves it, with everything behind it, and one browser for the file. */
export class LocalPage {
  #url = '';
  #browser: Browser | undefined;
  readonly #complaints: string[][] = [];

  constructor() {
    // A browser on a busy machine is slow; no test waits for time to pass.
    vi.setConfig({ testTimeout: 60_000 });
    let folder = '';
    let platform: ChildProcess | undefined;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'vnet-vending-journey-'));
      const readyFile = join(folder, 'ready.json');
      platform = startPlatform(join(folder, 'data'), readyFile);
      await until(() => existsSync(readyFile), 'the local platform', 60_000);
      this.#url = JSON.parse(readFileSync(readyFile, 'utf8')).api;
      this.#browser = await launchBrowser();
    }, 120_000);
    afterAll(async () => {
      await this.#browser?.close();
      if (platform !== undefined && platform.exitCode === null) {
        platform.kill('SIGTERM');
        await once(platform, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    });
    afterEach(async ({ task }) => {
      for (const [number, context] of (this.#browser?.contexts() ?? []).entries()) {
        const [page] = context.pages();
        const hasFailed = task.result?.state === 'fail';
        if (hasFailed && page !== undefined) await keepScreenshot(page, `failed-${number}`);
        await context.close();
      }
      const complaints = this.#complaints.splice(0).flat();
      expect(complaints).toEqual([]);
    });
  }

  /** Opens an address in a browser of its own, where nobody is signed in. */
  async open(path: string, look: Omit<Look, 'person'> = {}): Promise<Page> {
    if (this.#browser === undefined) throw new Error('The browser runs within tests only.');
    const { page, complaints } = await openPage(this.#browser, this.#url, look);
    this.#complaints.push(complaints);
    await page.goto(path);
    return page;
  }
}

function startPlatform(data: string, readyFile: string): ChildProcess {
  const ports = ['--port', '0', '--amqp-port', '0', '--azure-port', '0'];
  const rest = ['--speed', '100', '--data', data, '--ready-file', readyFile];
  return spawn(process.execPath, ['src/local/main.ts', ...ports, ...rest], {
    cwd: projectRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Over the page that asks to sign in, and the menu of people, back to where one wanted to go. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name }).click();
}
