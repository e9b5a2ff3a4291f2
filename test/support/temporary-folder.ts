import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Global set-up: everything that the tests put into temporary folders is gone when they have ended. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
