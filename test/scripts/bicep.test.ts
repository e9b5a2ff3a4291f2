import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mayDoWithout } from '../../scripts/bicep.ts';

describe('npm run bicep -- --if-available', () => {
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'vnet-vending-bicep-test-'));
    onTestFinished(() => rmSync(made, { recursive: true }));
    return made;
  };

  it('lets a missing compiler pass outside of continuous integration, and where dotnet is missing', () => {
    expect(mayDoWithout({ PATH: process.env['PATH'] })).toBe(true);
    expect(mayDoWithout({ PATH: folder(), CI: 'true' })).toBe(true);
  });

  it('fails in continuous integration where dotnet could have fetched one', () => {
    const withDotnet = folder();
    writeFileSync(join(withDotnet, 'dotnet'), '#!/bin/sh\necho 8.0.100\n');
    chmodSync(join(withDotnet, 'dotnet'), 0o755);

    expect(mayDoWithout({ PATH: withDotnet, CI: 'true' })).toBe(false);
  });
});
