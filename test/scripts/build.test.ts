import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildApp } from '../../scripts/build.ts';
import { projectRoot } from '../../scripts/sources.ts';

describe('the build of the function app', () => {
  let folder: string;
  let entry: string;
  let outDir: string;

  beforeEach(() => {
    // Inside the project, so that the entry finds the packages.
    folder = mkdtempSync(join(projectRoot, 'node_modules', '.build-test-'));
    entry = join(folder, 'main.ts');
    outDir = join(mkdtempSync(join(tmpdir(), 'vnet-vending-build-')), 'app');
    writeFileSync(
      entry,
      `/*! @license MIT, kept beside the bundle */
       import { basename } from 'node:path';
       import { z } from 'zod';
       export function namedByItsAuthor(): string { return basename(z.string().parse('a/b')); }
      `,
    );
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(join(outDir, '..'), { recursive: true, force: true });
  });

  it('makes a folder that runs without node_modules', async () => {
    const { bundleBytes } = await buildApp({ entry, outDir });

    expect(readdirSync(outDir).sort()).toEqual([
      'host.json',
      'main.cjs',
      'main.cjs.LEGAL.txt',
      'main.cjs.map',
      'package.json',
      'web',
    ]);
    expect(bundleBytes).toBe(statSync(join(outDir, 'main.cjs')).size);
    const app = createRequire(import.meta.url)(outDir);
    expect(app.namedByItsAuthor()).toBe('b');
    expect(app.namedByItsAuthor.name).toBe('namedByItsAuthor');
  });

  it('leaves only the module of the Functions host to be loaded', async () => {
    writeFileSync(
      entry,
      `import { app } from '@azure/functions';
       import * as durable from 'durable-functions';
       app.http('health', { handler: () => ({ body: 'up' }) });
       durable.app.activity('nothing', { handler: () => 0 });
      `,
    );

    await buildApp({ entry, outDir });

    const bundle = readFileSync(join(outDir, 'main.cjs'), 'utf8');
    const loaded = [...bundle.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name ?? '');
    const foreign = loaded.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')));
    // `supports-color` is optional for a logger in the Azure packages, which goes on without it.
    const needed = new Set(foreign.filter((name) => name !== 'supports-color'));
    expect([...needed]).toEqual(['@azure/functions-core']);
  });

  it('names the entry and nothing to install in the deployed package.json', async () => {
    await buildApp({ entry, outDir });

    const deployed = JSON.parse(readFileSync(join(outDir, 'package.json'), 'utf8'));
    expect(deployed).toMatchObject({ name: 'vnet-vending', type: 'commonjs', main: 'main.cjs' });
    expect(deployed).not.toHaveProperty('dependencies');
    expect(readFileSync(join(outDir, 'host.json'))).toEqual(
      readFileSync(join(projectRoot, 'host.json')),
    );
  });

  it('leaves the files alone when nothing changed', async () => {
    await buildApp({ entry, outDir });
    const before = statSync(join(outDir, 'main.cjs')).ino;

    await buildApp({ entry, outDir });
    const unchanged = statSync(join(outDir, 'main.cjs')).ino;
    writeFileSync(entry, 'export const changed = true;');
    await buildApp({ entry, outDir });

    expect(unchanged).toBe(before);
    expect(readFileSync(join(outDir, 'main.cjs'), 'utf8')).toContain('changed');
    expect(readdirSync(outDir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('refuses a bundle over the limit, says by how much, and keeps the old one', async () => {
    const { bundleBytes } = await buildApp({ entry, outDir });
    const before = readFileSync(join(outDir, 'main.cjs'));
    writeFileSync(entry, `${readFileSync(entry, 'utf8')}\nexport const larger = true;`);

    await expect(buildApp({ entry, outDir, limitBytes: bundleBytes })).rejects.toThrow(
      `the limit is ${bundleBytes} bytes`,
    );
    expect(readFileSync(join(outDir, 'main.cjs'))).toEqual(before);
  });
});
