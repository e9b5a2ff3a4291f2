import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/sources.ts';

describe('a platform started by npm', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vnet-vending-stop-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('stops cleanly when SIGTERM ends the shell between npm and itself', async () => {
    // It ends by itself after ten seconds, so that a failure leaves nothing behind.
    const program = join(folder, 'program.mjs');
    writeFileSync(
      program,
      `process.on('SIGTERM', () => { console.log('stopped cleanly'); process.exit(); });
       setTimeout(() => { console.log('went on as an orphan'); process.exit(); }, 10_000);
       console.log('up');`,
    );
    const preload = join(projectRoot, 'scripts/stop-with-npm.mjs');
    // The second command keeps the shell from replacing itself with node.
    const command = `"${process.execPath}" --import "${preload}" "${program}"; exit 0`;
    const shell = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });

    let output = '';
    for await (const chunk of shell.stdout) {
      output += chunk;
      if (output === 'up\n') shell.kill('SIGTERM');
    }

    expect(output).toBe('up\nstopped cleanly\n');
  });
});
