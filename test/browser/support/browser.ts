import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium as engine, type Page } from 'playwright-core';
import { projectRoot } from '../../../scripts/sources.ts';
import { until } from '../../support/control.ts';

/**
 * Of what the package suggests for small containers: in a single process the browser ends with its first context; the
 * page is tested with the browser's own guards; and a GPU in software makes pictures many times slower than none.
 */
const isUnwanted = (argument: string): boolean =>
  ['--single-process', '--disable-web-security', '--allow-running-insecure-content'].includes(
    argument,
  ) || /gpu|angle|swiftshader|--use-gl/.test(argument);

/** One browser for each test file; it comes inside an npm package, so that `npm test` needs nothing else. */
export async function launchBrowser(): Promise<Browser> {
  return engine.launch({
    executablePath: await unpackedBrowser(),
    args: [...chromium.args.filter((argument) => !isUnwanted(argument)), '--disable-gpu'],
    headless: true,
  });
}

/**
 * The package unpacks the browser into the temporary folder at its first use. Test files run two at a time: the second one
 * waits until the first has done so, instead of running half a file.
 */
async function unpackedBrowser(): Promise<string> {
  const lock = join(tmpdir(), 'vnet-vending-browser');
  const ready = join(lock, 'ready');
  if (mkdirSync(lock, { recursive: true }) !== undefined) {
    const path = await chromium.executablePath();
    writeFileSync(ready, '');
    return path;
  }
  await until(() => existsSync(ready), `the browser to be unpacked (${ready})`, 60_000);
  return chromium.executablePath();
}

export interface Look {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** Key of a person of the fake API. */
  readonly person?: string;
}

/** A page of a new, empty browser context. What the page complains about in the console is an error of the test. */
export async function openPage(
  browser: Browser,
  url: string,
  { theme = 'light', width = 1280, height = 900, person }: Look = {},
): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
    baseURL: url,
  });
  if (person !== undefined) await context.addCookies([{ name: 'person', value: person, url }]);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Answers of 4xx are part of what the page is for; the browser writes each to the console.
    const isAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) complaints.push(message.text());
  });
  return { page, context, complaints };
}

const axeScript = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** What axe finds serious or critical on the page as it is, as sentences. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await loadAxe(page);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run: () => Promise<AxeResult> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`),
    );
}

/** Handed to the engine, not to the document: the content security policy of the page stays as it is. */
async function loadAxe(page: Page): Promise<void> {
  const isThere = await page.evaluate(() => 'axe' in window);
  if (!isThere) await page.evaluate(await axeSource());
}

let source: Promise<string> | undefined;
function axeSource(): Promise<string> {
  source ??= import('node:fs/promises').then(({ readFile }) => readFile(axeScript, 'utf8'));
  return source;
}

/** Keeps a picture under test-output/screenshots: of the whole page, or of what the window shows (dialogs). */
export async function keepScreenshot(
  page: Page,
  name: string,
  { fullPage = true } = {},
): Promise<void> {
  const folder = join(projectRoot, 'test-output/screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
}
