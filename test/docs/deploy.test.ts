import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/sources.ts';

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');

describe('docs/deploy.md', () => {
  const page = read('docs/deploy.md');

  it('tells every variable of the parameters, and no others', () => {
    const used = [...read('infra/main.bicepparam').matchAll(/readEnvironmentVariable\('(\w+)'/g)]
      .map(([, name]) => name)
      .filter((name) => !name?.startsWith('AZURE_'));
    const told = [...page.matchAll(/^\| `([A-Z_]+)` \| `\w+` \|/gm)].map(([, name]) => name);

    expect(told.toSorted()).toEqual(used.toSorted());
  });

  it('names parameters and outputs that the template has', () => {
    const template = read('infra/main.bicep');
    const parameters = [...page.matchAll(/^\| `[A-Z_]+` \| `(\w+)` \|/gm)].map(([, name]) => name);
    const outputs = [...page.matchAll(/azd env get-value (\w+)/g)].map(([, name]) => name);

    for (const name of parameters) expect(template).toMatch(new RegExp(`^param ${name} `, 'm'));
    for (const name of outputs) expect(template).toMatch(new RegExp(`^output ${name} `, 'm'));
    expect(outputs.length).toBeGreaterThan(3);
  });

  it('names files and scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json'));

    for (const [, name] of page.matchAll(/npm run ([\w:]+)/g))
      expect(scripts).toHaveProperty(name ?? '');
    for (const [, file] of page.matchAll(/`(infra\/[\w/.-]+\.\w+)`/g)) {
      expect(() => read(file ?? ''), file).not.toThrow();
    }
  });
});
