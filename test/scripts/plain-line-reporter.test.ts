import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plainLine } from '../../scripts/plain-line-reporter.ts';
import { projectRoot } from '../../scripts/sources.ts';

/** Runs Vitest, with the reporters of the project, on one test file. */
function runVitest(testFile: string): { lines: readonly string[]; status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-reporter-'));
  try {
    symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'planted.test.ts'), testFile);
    const { stdout, status } = spawnSync(
      process.execPath,
      [
        join(projectRoot, 'node_modules/vitest/vitest.mjs'),
        'run',
        `--root=${folder}`,
        '--reporter=default',
        `--reporter=${join(projectRoot, 'scripts/plain-line-reporter.ts')}`,
      ],
      { encoding: 'utf8', env: { ...process.env, VITEST: undefined, NO_COLOR: '1' } },
    );
    return { lines: stdout.trimEnd().split('\n'), status };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the plain line', () => {
  it('mentions skipped tests only when there are some', () => {
    expect(plainLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(plainLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });

  it('is the last line of a run, after a list of the skipped tests with their reasons', () => {
    const { lines, status } = runVitest(`
      import { expect, it } from 'vitest';
      it('holds', () => {});
      it('does not hold', () => { expect(1).toBe(2); });
      it.skip('was left out', () => {});
      it('needs the Azure CLI', (context) => { context.skip('az is not installed'); });
      it.todo('is still to be written');
    `);

    expect(status).not.toBe(0);
    expect(lines.slice(-4)).toEqual([
      'skipped: planted.test.ts > was left out (no reason given)',
      'skipped: planted.test.ts > needs the Azure CLI (az is not installed)',
      'skipped: planted.test.ts > is still to be written (to do)',
      '1 passed, 1 failed, 3 skipped',
    ]);
  });

  it('counts what fails outside of a test: a rejection that nobody handles', () => {
    const { lines, status } = runVitest(`
      import { it } from 'vitest';
      it('holds', async () => {
        Promise.reject(new Error('nobody handles this'));
        await new Promise((resolve) => setTimeout(resolve, 20));
      });
    `);

    expect(status).not.toBe(0);
    expect(lines.at(-1)).toBe('1 passed, 1 failed');
  });

  it('counts a file that cannot be loaded', () => {
    const { lines, status } = runVitest("throw new Error('broken file');");

    expect(status).not.toBe(0);
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
  });

  it('counts a hook that fails', () => {
    const { lines, status } = runVitest(`
      import { beforeAll, describe, it } from 'vitest';
      describe('with a hook', () => {
        beforeAll(() => { throw new Error('broken hook'); });
        it('never runs', () => {});
      });
    `);

    expect(status).not.toBe(0);
    expect(lines.at(-1)).toMatch(/^0 passed, [1-9]\d* failed/);
  });
});
