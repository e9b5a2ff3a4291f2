import { describe, expect, it } from 'vitest';
import { findDeterminismViolations } from '../../scripts/check-orchestrations.ts';
import type { Violation } from '../../scripts/sources.ts';
import { withPlantedSources } from '../support/planted-sources.ts';

const refused: readonly (readonly [code: string, found: string])[] = [
  ['const now = Date.now();', "'Date.now'"],
  ["const now = Date['now']();", "Date['now']"],
  ['const now = new Date();', "'new Date()'"],
  ['const now = new Date;', "'new Date'"],
  ['const local = new Date(2026, 1, 1);', "'new Date(2026, 1, 1)'"],
  ['const spread = new Date(...([] as unknown as [number]));', 'new Date(...'],
  ['const now = Date();', "'Date()'"],
  ['const clock = { Date };', "'Date'"],
  ['const Clock = Date;', "'Clock = Date'"],
  ['const { now } = Date;', '{ now } = Date'],
  ['const n = Math.random();', "'Math.random'"],
  ["const n = Math['random']();", "Math['random']"],
  ['const { random } = Math;', '{ random } = Math'],
  ['const id = crypto.randomUUID();', "'crypto'"],
  ['const id = globalThis.crypto.randomUUID();', "'globalThis'"],
  ["const home = process.env['HOME'];", "'process'"],
  ['setTimeout(() => {}, 1);', "'setTimeout'"],
  ['setInterval(() => {}, 1);', "'setInterval'"],
  ['setImmediate(() => {});', "'setImmediate'"],
  ['queueMicrotask(() => {});', "'queueMicrotask'"],
  ["const answer = fetch('https://example.com');", "'fetch'"],
  ["console.log('replayed');", "'console'"],
  ['const t = performance.now();', "'performance'"],
  ['const p = Promise.resolve(1);', "'Promise'"],
  ['const f = async () => 1;', "'async'"],
  ['async function f(): Promise<void> {}', "'async'"],
  ['class C { async f(): Promise<void> {} }', "'async'"],
  ['const s = (1).toLocaleString();', "'toLocaleString'"],
  ["const s = ['b', 'a'].sort((a, b) => a.localeCompare(b));", "'localeCompare'"],
  ["const f = new Intl.NumberFormat('en');", "'Intl'"],
  ['const h = context.df.currentUtcDateTime.getHours();', "'getHours'"],
  ['const z = context.df.currentUtcDateTime.getTimezoneOffset();', "'getTimezoneOffset'"],
  ["const f = eval('1');", "'eval'"],
  ["const m = require('node:fs');", "'require'"],
  ["const m = import('../model/pure.ts');", "'import'"],
  ['const u = import.meta.url;', "'import.meta'"],
  ["context.df.callActivity('planVnet');", 'neither yielded nor kept'],
  ["void context.df.callActivity('planVnet');", 'neither yielded nor kept'],
  ["context.df.callSubOrchestrator('other');", 'neither yielded nor kept'],
  ['context.df.createTimer(new Date(0));', 'neither yielded nor kept'],
  ["context.df.waitForExternalEvent('decision');", 'neither yielded nor kept'],
  ["const { df } = context;\n  df.callActivity('planVnet');", 'neither yielded nor kept'],
  ["context.df.Task.all([context.df.callActivity('a')]);", 'neither yielded nor kept'],
  ['step(context);', "'step(context)' is neither yielded nor kept"],
];

const allowed: readonly string[] = [
  'const now = context.df.currentUtcDateTime;',
  'const later = new Date(context.df.currentUtcDateTime.getTime() + 1000);',
  'const later = new Date(Date.UTC(2026, 0, 1));',
  "const parsed = Date.parse('2026-01-01T00:00:00Z');",
  'const isDate = (value: unknown) => value instanceof Date;',
  'const n = Math.max(1, Math.floor(2.5));',
  "const id = context.df.newGuid('instance');",
  'const date: Date | undefined = undefined;',
  'type Answer = Promise<typeof process>;',
  'const settings = { process: 1, fetch: 2 };\n  const n = settings.process + settings.fetch;',
  'const process = { step: 1 };\n  const n = process.step;',
  '// Date.now() and Math.random() in a comment',
  "const text = 'Date.now()';",
  "yield context.df.callActivity('planVnet');",
  "const timer = context.df.createTimer(new Date(0));\n  yield context.df.Task.any([timer, context.df.waitForExternalEvent('decision')]);\n  timer.cancel();",
  'yield* step(context);',
  'const n = yield* step(context);',
  'context.df.setCustomStatus(1);\n  context.df.continueAsNew(1);',
];

function orchestration(code: string): string {
  return `import type { OrchestrationContext, Task } from 'durable-functions';
export function* step(context: OrchestrationContext): Generator<Task, number, unknown> {
  yield context.df.callActivity('a');
  return 1;
}
export function* planted(context: OrchestrationContext): Generator<Task, void, unknown> {
  ${code}
}
`;
}

/** One run of the compiler for all cases: each gets its own file. */
function violationsOf(cases: readonly string[]): (index: number) => readonly Violation[] {
  const path = (index: number) => `src/orchestrations/case-${index}.ts`;
  const files = Object.fromEntries(cases.map((code, index) => [path(index), orchestration(code)]));
  const violations = withPlantedSources(files, findDeterminismViolations);
  return (index) => violations.filter((violation) => violation.path === path(index));
}

function violationsIn(files: Readonly<Record<string, string>>): readonly Violation[] {
  return withPlantedSources(files, findDeterminismViolations);
}

describe('determinism of the orchestrations', () => {
  const ofRefused = violationsOf(refused.map(([code]) => code));
  const ofAllowed = violationsOf(allowed);

  it.each(refused.map(([code, found], index) => [code, found, index] as const))(
    'an orchestration may not say: %s',
    (_code, found, index) => {
      const violations = ofRefused(index);

      expect(violations.map((violation) => violation.found)).toContainEqual(
        expect.stringContaining(found),
      );
      expect(violations[0]?.remedy).not.toBe('');
    },
  );

  it.each(allowed.map((code, index) => [code, index] as const))(
    'an orchestration may say: %s',
    (_code, index) => {
      expect(ofAllowed(index)).toEqual([]);
    },
  );

  it('a violation names file, line and remedy', () => {
    const [violation] = violationsIn({
      'src/orchestrations/x.ts': 'export const f = () =>\n  Math.random();\n',
    });

    expect(violation).toMatchObject({
      path: 'src/orchestrations/x.ts',
      line: 2,
      found: "'Math.random'",
      remedy: expect.stringContaining('newGuid'),
    });
  });

  it("Node's modules, await outside of functions and variables of the module are refused", () => {
    const violations = violationsIn({
      'src/orchestrations/x.ts':
        "import { randomUUID } from 'node:crypto';\nimport fs from 'fs';\n" +
        'let runs = 0;\nexport const f = () => [randomUUID, fs, ++runs];\nawait f();\n',
    });

    expect(violations.map(({ line }) => line)).toEqual([1, 2, 3, 5]);
  });

  it('what an orchestration loads is checked too, however far away', () => {
    const violations = violationsIn({
      'src/orchestrations/x.ts':
        "import { near } from '../model/near.ts';\nexport const x = near;\n",
      'src/model/near.ts': "export { far as near } from './far.ts';\n",
      'src/model/far.ts': 'export const far = () => Date.now();\n',
    });

    expect(violations).toMatchObject([{ path: 'src/model/far.ts', line: 1, found: "'Date.now'" }]);
  });

  it('what an orchestration only takes types from, and what it does not load, is free', () => {
    const violations = violationsIn({
      'src/orchestrations/x.ts':
        "import type { Clock } from '../activities/clock.ts';\nexport const x = (c: Clock) => c;\n",
      'src/activities/clock.ts': 'export const now = () => Date.now();\nexport type Clock = 1;\n',
      'src/model/unused.ts': 'export const now = () => Date.now();\n',
    });

    expect(violations).toEqual([]);
  });
});
