import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot, type Sources, withSources } from '../../scripts/sources.ts';

/**
 * Writes files into a project of their own, with the packages of this one, and hands its sources to `use`.
 * @param files contents by path: { 'src/model/a.ts': '...' }
 */
export function withPlantedSources<T>(
  files: Readonly<Record<string, string>>,
  use: (sources: Sources) => T,
): T {
  const root = mkdtempSync(join(tmpdir(), 'vnet-vending-sources-'));
  try {
    symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
    for (const [path, contents] of Object.entries(files)) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), contents);
    }
    return withSources(root, use);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
