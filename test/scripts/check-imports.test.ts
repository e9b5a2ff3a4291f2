import { describe, expect, it } from 'vitest';
import { findImportViolations, readDeclaredPackages } from '../../scripts/check-imports.ts';
import { projectRoot, type Violation } from '../../scripts/sources.ts';
import { withPlantedSources } from '../support/planted-sources.ts';

const declared = {
  dependencies: ['zod', 'cidr-tools', 'durable-functions', '@azure/functions', '@azure/identity'],
  devDependencies: ['commander', 'hono'],
};

function violationsIn(files: Record<string, string>): Violation[] {
  return withPlantedSources(files, (sources) => findImportViolations(sources, declared));
}

const empty = 'export const nothing = 0;\nexport type Nothing = number;\n';

const landscape = {
  'src/model/m.ts': empty,
  'src/model/states.ts': empty,
  'src/azure/a.ts': empty,
  'src/ledger/l.ts': empty,
  'src/activities/t.ts': empty,
  'src/orchestrations/o.ts': empty,
  'src/functions/f.ts': empty,
  'src/web/w.tsx': empty,
  'src/cli/c.ts': empty,
  'src/local/l.ts': empty,
  'test/support.ts': empty,
};

const refused: readonly (readonly [path: string, statement: string, rule: string])[] = [
  ['src/model/x.ts', "import { nothing } from '../ledger/l.ts';", 'model/ imports only model/'],
  ['src/model/x.ts', "import type { Nothing } from '../azure/a.ts';", 'model/ imports only model/'],
  ['src/model/x.ts', "import { readFileSync } from 'node:fs';", 'model/ loads no module of Node'],
  ['src/model/x.ts', "import { readFileSync } from 'fs';", 'model/ loads no module of Node'],
  ['src/model/x.ts', "import { app } from '@azure/functions';", 'uses only the packages zod'],
  ['src/azure/x.ts', "import { nothing } from '../ledger/l.ts';", 'azure/ imports only azure/'],
  ['src/ledger/x.ts', "import { nothing } from '../azure/a.ts';", 'ledger/ imports only ledger/'],
  ['src/azure/x.ts', "import { nothing } from '../activities/t.ts';", 'azure/ imports only'],
  [
    'src/activities/x.ts',
    "import { nothing } from '../orchestrations/o.ts';",
    'activities/ imports',
  ],
  ['src/activities/x.ts', "import { Hono } from 'hono';", 'is deployed and uses only packages'],
  [
    'src/activities/x.ts',
    "import { parse } from 'undeclared/parse';",
    'is declared in package.json',
  ],
  ['src/orchestrations/x.ts', "import { nothing } from '../activities/t.ts';", 'only types of'],
  [
    'src/orchestrations/x.ts',
    "import { type Nothing } from '../activities/t.ts';",
    'only types of',
  ],
  ['src/orchestrations/x.ts', "export * from '../activities/t.ts';", 'only types of activities/'],
  ['src/orchestrations/x.ts', "import '../activities/t.ts';", 'only types of activities/'],
  ['src/orchestrations/x.ts', "import type { Nothing } from '../ledger/l.ts';", 'imports only'],
  ['src/orchestrations/x.ts', "import { z } from 'zod';", 'only the packages durable-functions'],
  [
    'src/functions/x.ts',
    "import { nothing } from '../local/l.ts';",
    'nothing but local/ and tests',
  ],
  [
    'src/functions/x.ts',
    "const l = await import('../local/l.ts');",
    'nothing but local/ and tests',
  ],
  ['src/functions/x.ts', "const l = await import(['../local', 'l.ts'].join('/'));", 'may compute'],
  [
    'src/functions/x.ts',
    "import {\n  nothing, // from the test\n} from '../../test/support.ts';",
    'outside',
  ],
  ['src/web/x.tsx', "import { nothing } from '../model/m.ts';", 'only types of model/'],
  ['src/web/x.tsx', "import { nothing } from '../model/states.ts';", 'only types of model/'],
  ['src/web/x.tsx', "import type { Nothing } from '../activities/t.ts';", 'web/ imports only web/'],
  ['src/cli/x.ts', "import { nothing } from '../model/m.ts';", 'only types of model/'],
  ['src/cli/x.ts', "import { nothing } from '../functions/f.ts';", 'cli/ imports only cli/'],
  ['src/local/x.ts', "import { nothing } from '../activities/t.ts';", 'only types of activities/'],
  [
    'src/activities/x.ts',
    "let t: import('../local/l.ts').Nothing;",
    'nothing but local/ and tests',
  ],
  ['src/activities/x.ts', "import { app } from '@azure/functions-core';", "host's own module"],
  [
    'src/elsewhere/x.ts',
    "import { nothing } from '../model/m.ts';",
    "'elsewhere' is no area of src/",
  ],
];

const allowed: readonly (readonly [path: string, statement: string])[] = [
  ['src/model/x.ts', "import { z } from 'zod';\nimport { nothing } from './m.ts';"],
  ['src/model/x.ts', "// import { nothing } from '../local/l.ts';"],
  ['src/model/x.ts', 'export const text = "import { nothing } from \'../local/l.ts\'";'],
  ['src/azure/x.ts', "import { ClientSecretCredential } from '@azure/identity';"],
  ['src/ledger/x.ts', "import { DatabaseSync } from 'node:sqlite';"],
  [
    'src/activities/x.ts',
    "import { nothing } from '../azure/a.ts';\nexport * from '../ledger/l.ts';",
  ],
  ['src/activities/x.ts', "import type { Hono } from 'hono';"],
  ['src/orchestrations/x.ts', "import type {\n  Nothing,\n} from '../activities/t.ts';"],
  ['src/orchestrations/x.ts', "export type { Nothing } from '../activities/t.ts';"],
  [
    'src/orchestrations/x.ts',
    "import { nothing } from '../model/m.ts';\nimport 'durable-functions';",
  ],
  ['src/functions/x.ts', "import { nothing } from '../activities/t.ts';\nimport '../azure/a.ts';"],
  ['src/functions/x.ts', "import type { Hooks } from '@azure/functions-core';"],
  ['src/web/x.tsx', "import type { Nothing } from '../model/m.ts';\nimport { Hono } from 'hono';"],
  ['src/cli/x.ts', "import { Command } from 'commander';\nimport 'node:fs';"],
  ['src/cli/x.ts', "import { nothing } from '../model/states.ts';"],
  ['src/local/x.ts', 'const app = await import(process.argv[2]);'],
  ['src/local/x.ts', "import type { Nothing } from '../azure/a.ts';\nimport '../model/m.ts';"],
];

/** One run of the compiler for all cases: each gets its own file, beside the one it names. */
function violationsOf(
  cases: readonly (readonly [path: string, statement: string, ...rest: unknown[]])[],
): (index: number) => readonly Violation[] {
  const pathOf = (index: number) => `${cases[index]?.[0].replace('/x.', `/case-${index}.`)}`;
  const planted = cases.map(([, statement], index) => [pathOf(index), `${statement}\n`]);
  const violations = violationsIn({ ...landscape, ...Object.fromEntries(planted) });
  return (index) => violations.filter(({ path }) => path === pathOf(index));
}

describe('import directions', () => {
  const ofRefused = violationsOf(refused);
  const ofAllowed = violationsOf(allowed);

  it.each(refused.map((one, index) => [...one, index] as const))(
    '%s may not say: %s',
    (_path, _statement, rule, index) => {
      const violations = ofRefused(index);

      expect(violations).toHaveLength(1);
      expect(violations[0]?.rule).toContain(rule);
      expect(violations[0]?.remedy).not.toBe('');
    },
  );

  it.each(allowed.map((one, index) => [...one, index] as const))(
    '%s may say: %s',
    (_path, _statement, index) => {
      expect(ofAllowed(index)).toEqual([]);
    },
  );

  it('a violation names the line of the import', () => {
    const [violation] = violationsIn({
      'src/model/x.ts': "/* one\n two */\nimport {\n  z,\n} from 'hono';\n",
    });

    expect(violation).toMatchObject({ line: 5, found: "imports 'hono'" });
  });

  it('files that load one another in a circle are reported once, with the way around', () => {
    const violations = violationsIn({
      'src/model/a.ts': "import { b } from './b.ts';\nexport const a = () => b;\n",
      'src/model/b.ts': "import { c } from './c.ts';\nexport const b = () => c;\n",
      'src/model/c.ts': "export { a as c } from './a.ts';\n",
      'src/model/d.ts': "import { b } from './b.ts';\nexport const d = b;\n",
    });

    expect(violations.map(({ found }) => found)).toEqual([
      'closes a cycle of imports: src/model/a.ts -> src/model/b.ts -> src/model/c.ts -> src/model/a.ts',
    ]);
  });

  it('a circle that types alone close is no cycle', () => {
    const violations = violationsIn({
      'src/model/a.ts': "import { b } from './b.ts';\nexport const a = b;\nexport type A = 1;\n",
      'src/model/b.ts': "import type { A } from './a.ts';\nexport const b: A = 1;\n",
    });

    expect(violations).toEqual([]);
  });

  it('the declared packages are those of package.json', () => {
    const { dependencies, devDependencies } = readDeclaredPackages(projectRoot);

    expect(dependencies).toContain('durable-functions');
    expect(devDependencies).toContain('vitest');
  });
});
