import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBicep } from '../../scripts/find-bicep.ts';

describe('findBicep', () => {
  let home: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'vnet-vending-find-'));
  });

  afterEach(() => rmSync(home, { recursive: true }));

  /** A compiler that says its version and does nothing else. */
  function fake(folder: string, version: string): string {
    mkdirSync(join(home, folder), { recursive: true });
    const file = join(home, folder, 'bicep');
    writeFileSync(file, `#!/bin/sh\necho 'Bicep CLI version ${version} (abc)'\n`);
    chmodSync(file, 0o755);
    return file;
  }

  const search = () => findBicep({ environment: { HOME: home, PATH: join(home, 'bin') } });

  it('says what to do where there is none', () => {
    expect(search()).toEqual({ missing: expect.stringMatching(/npm run bicep/) });
  });

  it('takes the one on the path', () => {
    const file = fake('bin', '0.45.1');

    expect(search()).toEqual({ bicep: { file, version: '0.45.1' } });
  });

  it('takes the one that the Azure CLI has installed', () => {
    const file = fake('.azure/bin', '1.2.0');

    expect(search()).toEqual({ bicep: { file, version: '1.2.0' } });
  });

  it('leaves out one that is too old to work out what a template deploys', () => {
    fake('bin', '0.36.177');

    expect(search()).toHaveProperty('missing');
  });

  it('says why none could be fetched', () => {
    const found = findBicep({ mayRestore: true, environment: { HOME: home, PATH: home } });

    expect(found).toEqual({ missing: expect.stringMatching(/dotnet could not be run/) });
  });
});
