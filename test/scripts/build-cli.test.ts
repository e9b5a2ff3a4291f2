import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildCli, cliStartLimitBytes } from '../../scripts/build-cli.ts';

describe('the build of the command line', () => {
  let outDir: string;

  beforeEach(() => {
    outDir = mkdtempSync(join(tmpdir(), 'vnet-vending-cli-'));
  });
  afterEach(() => rmSync(outDir, { recursive: true, force: true }));

  it('reads little at a start; the sign-in is there, in a chunk of its own', async () => {
    const { startBytes } = await buildCli({ outDir });
    const chunks = readdirSync(join(outDir, 'chunks')).map((name) => ({
      name,
      text: readFileSync(join(outDir, 'chunks', name), 'utf8'),
    }));
    const start = readFileSync(join(outDir, 'vnetv.mjs'), 'utf8');

    expect(startBytes).toBeGreaterThan(50_000);
    expect(startBytes).toBeLessThanOrEqual(cliStartLimitBytes);
    expect(start).not.toContain('EnvironmentCredential');
    expect(chunks.filter(({ text }) => text.includes('EnvironmentCredential'))).toHaveLength(1);
  });

  it('refuses a start over the limit, and keeps the old one', async () => {
    await expect(buildCli({ outDir, limitBytes: 1_000 })).rejects.toThrow(
      'the limit is 1000 bytes',
    );

    expect(existsSync(join(outDir, 'vnetv.mjs'))).toBe(false);
  });

  it('takes old chunks away', async () => {
    await buildCli({ outDir });
    writeFileSync(join(outDir, 'chunks', 'old-ABCDEFGH.mjs'), '');
    await buildCli({ outDir });

    expect(readdirSync(join(outDir, 'chunks'))).not.toContain('old-ABCDEFGH.mjs');
  });

  it('is what package.json names as the command vnetv', () => {
    expect(JSON.parse(readFileSync('package.json', 'utf8')).bin).toEqual({
      vnetv: 'dist/cli/vnetv.mjs',
    });
  });
});
