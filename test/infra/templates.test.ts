import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileAll, templatesIn } from '../../scripts/bicep.ts';
import { findBicep } from '../../scripts/find-bicep.ts';
import { projectRoot } from '../../scripts/sources.ts';
import { missing, timeout } from './predict.ts';

const infra = join(projectRoot, 'infra');

describe('The templates in infra/', { timeout }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-templates-'));
  let complaints = '';

  const compiler = () => {
    const found = findBicep();
    if ('missing' in found) throw new Error(found.missing);
    return found.bicep;
  };

  beforeAll(() => {
    if (missing !== undefined) return;
    complaints = compileAll(compiler(), infra, folder);
  }, timeout);

  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('are compiled without an error or a warning', () => {
    expect(templatesIn(infra)).toEqual(
      expect.arrayContaining([
        'main.bicep',
        'main.bicepparam',
        'managed-tenant.bicep',
        'managed-tenant.bicepparam',
        'management-tenant.bicep',
        'management-tenant.bicepparam',
      ]),
    );
    expect(complaints).toBe('');
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
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(names).toEqual(expect.arrayContaining(['main.json', 'parameters/main.json']));
    for (const name of names.filter((each) => each.endsWith('.json'))) {
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
    const warned = join(folder, 'warned');
    mkdirSync(warned);
    cpSync(join(infra, 'bicepconfig.json'), join(warned, 'bicepconfig.json'));
    writeFileSync(join(warned, 'a.bicep'), "param unused string\noutput answer string = 'yes'\n");

    expect(compileAll(compiler(), warned, folder)).toMatch(/no-unused-params/);
  });
});
