import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptOperations } from '../../scripts/leave-out-operations.ts';
import { projectRoot } from '../../scripts/sources.ts';

describe('leaveOutOperations', () => {
  it('keeps the groups of operations that src/azure uses, and no others', () => {
    const folder = join(projectRoot, 'src/azure');
    const sources = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const used = sources.flatMap((source) =>
      [...source.matchAll(/\bnetwork\s*\.\s*(\w+)\s*\.\s*\w+\(/g)].map(([, name]) => name ?? ''),
    );

    expect([...new Set(used)].toSorted()).toEqual(keptOperations);
  });

  it('says in the bundle what to do about a group that is not there', () => {
    const bundle = readFileSync(join(projectRoot, 'dist/app/main.cjs'), 'utf8');

    expect(bundle).toContain("The bundle has no operations 'applicationGateways'");
    expect(bundle).not.toContain("The bundle has no operations 'virtualNetworks'");
  });
});
