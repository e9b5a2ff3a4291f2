import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { buildPage } from '../../../scripts/build-page.ts';
import { type FakeApi, startFakeApi } from '../../web/fake-api.ts';
import type { FakeWorld, SentByPage } from '../../web/fake-world.ts';
import { type Look, launchBrowser, openPage } from './browser.ts';

/**
 * The built page with a fake API, new for each test, and one browser for the file. A test fails when the page writes an
 * error to the console, such as a breach of the content security policy.
 */
export class PageBench {
  #folder = '';
  #browser: Browser | undefined;
  #api: FakeApi | undefined;
  readonly #complaints: string[][] = [];

  constructor() {
    // A browser on a busy machine is slow; no test waits for time to pass.
    vi.setConfig({ testTimeout: 60_000 });
    beforeAll(async () => {
      this.#folder = mkdtempSync(join(tmpdir(), 'vnet-vending-page-'));
      await buildPage({ outDir: this.#folder });
      this.#browser = await launchBrowser();
    }, 90_000);
    afterAll(async () => {
      await this.#browser?.close();
      rmSync(this.#folder, { recursive: true, force: true });
    });
    beforeEach(async () => {
      this.#complaints.length = 0;
      this.#api = await startFakeApi(this.#folder);
    });
    afterEach(async () => {
      for (const context of this.#browser?.contexts() ?? []) await context.close();
      await this.#api?.close();
      expect(this.#complaints.flat()).toEqual([]);
    });
  }

  get url(): string {
    return this.#fake.url;
  }

  get world(): FakeWorld {
    return this.#fake.world;
  }

  get #fake(): FakeApi {
    if (this.#api === undefined) throw new Error('The fake API runs within tests only.');
    return this.#api;
  }

  async open(path: string, look: Look = {}): Promise<Page> {
    if (this.#browser === undefined) throw new Error('The browser runs within tests only.');
    const { page, complaints } = await openPage(this.#browser, this.url, look);
    this.#complaints.push(complaints);
    await page.goto(path);
    return page;
  }

  /** What the page sent to an address, in order. */
  sent(path: string): SentByPage[] {
    return this.world.sent.filter((sent) => sent.path === path);
  }
}
