import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildPage, pageScriptLimitBytes } from '../../scripts/build-page.ts';

describe('the build of the page', () => {
  let folder: string;
  let entry: string;
  let outDir: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vnet-vending-page-'));
    entry = join(folder, 'main.ts');
    outDir = join(folder, 'web');
    writeFileSync(entry, 'document.title = "first";');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('stays below its limit', async () => {
    const { scriptBytes } = await buildPage({ outDir });

    expect(scriptBytes).toBeGreaterThan(5_000);
    expect(scriptBytes).toBeLessThanOrEqual(pageScriptLimitBytes);
    expect(pageScriptLimitBytes).toBe(60_000);
  });

  it('has nothing inline and nothing from elsewhere, and names only files that are there', async () => {
    await buildPage({ outDir });

    const html = readFileSync(join(outDir, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?:/);
    const named = [...html.matchAll(/(?:src|href)="\/assets\/([^"]+)"/g)].map(([, name]) => name);
    expect(named.sort()).toEqual(readdirSync(join(outDir, 'assets')).sort());
    expect(named).toHaveLength(4);
  });

  it('gives changed files another name and takes the old ones away', async () => {
    await buildPage({ entry, outDir });
    const before = readdirSync(join(outDir, 'assets')).find((name) => name.startsWith('page-'));
    writeFileSync(entry, 'document.title = "second";');

    await buildPage({ entry, outDir });

    const after = readdirSync(join(outDir, 'assets')).filter((name) => name.startsWith('page-'));
    expect(after).toHaveLength(1);
    expect(after).not.toContain(before);
    expect(readFileSync(join(outDir, 'index.html'), 'utf8')).toContain(after[0]);
  });

  it('refuses scripts over the limit, says by how much, and keeps the old ones', async () => {
    const { scriptBytes } = await buildPage({ entry, outDir });
    const before = readFileSync(join(outDir, 'index.html'), 'utf8');
    writeFileSync(entry, 'document.title = "first and some more words that must not fit";');

    await expect(buildPage({ entry, outDir, limitBytes: scriptBytes })).rejects.toThrow(
      `the limit is ${scriptBytes} bytes`,
    );
    expect(readFileSync(join(outDir, 'index.html'), 'utf8')).toBe(before);
  });
});
