import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/sources.ts';

interface Run {
  readonly status: number | null;
  readonly lastLine: string | undefined;
  /** The commands that npm was asked for, in order. */
  readonly commands: readonly string[];
}

/** Runs .ci/run with an npm that does what the test says: shell code for `ci`, `run check`, `run bicep` and `test`. */
function runWith(npm: Readonly<Record<'ci' | 'check' | 'bicep' | 'test', string>>): Run {
  const root = mkdtempSync(join(tmpdir(), 'vnet-vending-ci-'));
  try {
    cpSync(join(projectRoot, '.ci'), join(root, '.ci'), { recursive: true });
    mkdirSync(join(root, 'bin'));
    writeFileSync(join(root, 'commands'), '');
    writeFileSync(
      join(root, 'bin/npm'),
      `#!/usr/bin/env bash
echo "$*" >> "${join(root, 'commands')}"
case "$*" in
  ci) ${npm.ci} ;;
  'run check') ${npm.check} ;;
  'run bicep -- --if-available') ${npm.bicep} ;;
  test) ${npm.test} ;;
  *) exit 64 ;;
esac
`,
    );
    chmodSync(join(root, 'bin/npm'), 0o755);
    const { status, stdout } = spawnSync(join(root, '.ci/run'), {
      encoding: 'utf8',
      env: { PATH: `${join(root, 'bin')}:${process.env['PATH']}`, CI: 'true' },
    });
    return {
      status,
      lastLine: stdout.trimEnd().split('\n').at(-1),
      commands: readFileSync(join(root, 'commands'), 'utf8').trim().split('\n'),
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const fine = { ci: 'true', check: 'true', bicep: 'true', test: "echo '12 passed, 0 failed'" };

describe('.ci/run', () => {
  it('installs, checks, tests, and ends with the plain line', () => {
    expect(runWith(fine)).toEqual({
      status: 0,
      lastLine: '12 passed, 0 failed',
      commands: ['ci', 'run check', 'run bicep -- --if-available', 'test'],
    });
  });

  it('runs the tests after a failed check, and fails', () => {
    expect(runWith({ ...fine, check: 'exit 1' })).toMatchObject({
      status: 1,
      lastLine: '12 passed, 0 failed',
      commands: ['ci', 'run check', 'run bicep -- --if-available', 'test'],
    });
  });

  it('runs the tests after templates that did not compile, and fails', () => {
    expect(runWith({ ...fine, bicep: 'exit 1' })).toMatchObject({
      status: 1,
      lastLine: '12 passed, 0 failed',
    });
  });

  it('fails when a test fails, with the plain line last although npm adds lines', () => {
    const test = "echo '11 passed, 1 failed, 2 skipped'; echo 'npm error'; exit 1";

    expect(runWith({ ...fine, test })).toMatchObject({
      status: 1,
      lastLine: '11 passed, 1 failed, 2 skipped',
    });
  });

  it('fails when the tests did not run, and invents no numbers', () => {
    const { status, lastLine } = runWith({ ...fine, test: 'exit 1' });

    expect(status).toBe(1);
    expect(lastLine).not.toMatch(/passed/);
  });

  it('fails when the tests say nothing although npm is content', () => {
    expect(runWith({ ...fine, test: 'true' }).status).toBe(1);
  });

  it('does nothing more when the installation fails', () => {
    expect(runWith({ ...fine, ci: 'exit 1' })).toMatchObject({ status: 1, commands: ['ci'] });
  });
});
