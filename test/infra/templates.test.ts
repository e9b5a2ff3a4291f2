import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compile, templatesIn } from '../../scripts/bicep.ts';
import { findBicep } from '../../scripts/find-bicep.ts';
import { projectRoot } from '../../scripts/sources.ts';
import { missing, timeout } from './predict.ts';

const infra = join(projectRoot, 'infra');

describe('The templates in infra/', { timeout }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-templates-'));
  const files = templatesIn(infra);
  let complaints: readonly string[] = [];

  const compiler = () => {
    const found = findBicep();
    if ('missing' in found) throw new Error(found.missing);
    return found.bicep;
  };

  beforeAll(() => {
    if (missing !== undefined) return;
    complaints = files.map((file) => compile(compiler(), file, folder));
  }, timeout);

  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('are compiled without an error or a warning', () => {
    expect(files.map((file) => file.slice(infra.length + 1))).toEqual([
      'main.bicep',
      'main.bicepparam',
      'managed-tenant.bicep',
      'managed-tenant.bicepparam',
      'management-tenant.bicep',
      'management-tenant.bicepparam',
    ]);
    expect(complaints).toEqual(files.map(() => ''));
  });

  it('load no module from a registry', () => {
    const sources = readdirSync(infra, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.bicep'))
      .map((name) => readFileSync(join(infra, name), 'utf8'));

    expect(sources.length).toBeGreaterThan(10);
    for (const source of sources) {
      expect(source).not.toMatch(/\b(br|ts)(\/\w+)?:/);
      expect(source).not.toMatch(/^extension /m);
    }
  });

  it('ask for no key and no secret, and hand none out', () => {
    for (const name of readdirSync(folder)) {
      const compiled = readFileSync(join(folder, name), 'utf8');

      expect(compiled).not.toMatch(/list(Keys|AccountSas|ServiceSas|Secrets)\b/i);
      expect(compiled).not.toMatch(
        /AccountKey=|SharedAccessKey|primaryConnectionString|primaryKey/i,
      );
      expect(compiled).not.toMatch(/InstrumentationKey/);
      expect(compiled).not.toMatch(/"secure(String|Object)"/i);
    }
  });

  it('are refused for what the linter only warns of', () => {
    const file = join(folder, 'warned.bicep');
    writeFileSync(join(folder, 'bicepconfig.json'), readFileSync(join(infra, 'bicepconfig.json')));
    writeFileSync(file, "param unused string\noutput answer string = 'yes'\n");

    expect(compile(compiler(), file, folder)).toMatch(/no-unused-params/);
  });
});
