import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { logLevels } from '../../src/functions/telemetry/log-events.ts';
import { errorCatalogue } from '../../src/model/error-catalogue.ts';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = ['docs/operations.md', 'docs/security.md'] as const;
const operations = read('docs/operations.md');

/** What stands in backticks in the first column of the tables below a heading. */
function firstColumn(heading: string): string[] {
  const [, behind = ''] = operations.split(`\n${heading}\n`);
  const section = behind.split(/\n#{2,3} /, 1)[0] ?? '';
  return [...section.matchAll(/^\| ([^|]*`[^|]*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text),
  );
}

const unique = (found: Iterable<RegExpMatchArray>): string[] => [
  ...new Set([...found].map(([, text = '']) => text)),
];

describe('docs/operations.md', () => {
  it('lists every event of the log with its level, and no other', () => {
    const rows = [...operations.matchAll(/^\| `([a-z]+\.[a-z]+)` \| (\w+) \|/gm)].map(
      ([, event, level]) => [event, level],
    );
    expect(Object.fromEntries(rows)).toEqual(logLevels);
  });

  it('tells what to do about every error that needs an operator, and about no other', () => {
    const needing = Object.entries(errorCatalogue)
      .filter(([, { kind }]) => kind === 'operator')
      .map(([code]) => code);
    expect(firstColumn('## Errors that need an operator').sort()).toEqual(needing.sort());
  });

  it('lists every alert of the infrastructure', () => {
    const made = unique(read('infra/app/alerts.bicep').matchAll(/^ {4}name: '([a-z-]+)'$/gm));
    expect(made.length).toBeGreaterThan(5);
    const told = firstColumn('## Alerts');
    expect(made.filter((alert) => !told.includes(alert))).toEqual([]);
  });

  it('lists every timer with its schedule in words, and every metric', () => {
    const main = read('src/functions/main.ts');
    const timers = unique(main.matchAll(/\.timer\('(\w+)'/g));
    expect(
      firstColumn('## What the app does by itself')
        .filter((name) => name !== 'VNETV_KEEP_INSTANCES_DAYS')
        .sort(),
    ).toEqual(timers.sort());
    const metrics = unique(
      read('src/functions/telemetry/metrics.ts').matchAll(
        /(?:counter\(\s*|vnetvending\.)'?([a-z.]+)'/g,
      ),
    ).map((name) => `vnetvending.${name}`);
    const told = firstColumn('### Traces and metrics').filter((name) => name.includes('.'));
    expect(told.sort()).toEqual(metrics.sort());
  });

  it('asks in its queries only for fields that lines have', () => {
    const known =
      read('src/functions/telemetry/log-events.ts') + read('src/functions/telemetry/scope.ts');
    const fields = unique(operations.matchAll(/\be\.(\w+)/g)).filter((name) => name !== 'event');
    expect(fields.length).toBeGreaterThan(10);
    expect(fields.filter((name) => !new RegExp(`readonly ${name}\\??:`).test(known))).toEqual([]);
  });
});

describe.each(pages)('%s', (page) => {
  const text = read(page);

  it('names settings that exist', () => {
    const sources = [
      'src/functions/settings.ts',
      'src/functions/ledger-settings.ts',
      'src/functions/telemetry/destinations.ts',
    ]
      .map(read)
      .join();
    const names = unique(text.matchAll(/`((?:VNETV|OTEL|APPLICATIONINSIGHTS)_[A-Z_]+[A-Z])`/g));
    expect(names.filter((name) => !sources.includes(name))).toEqual([]);
  });

  it('links to pages and headings that exist', () => {
    const links = [...text.matchAll(/\]\(([^)#]*)(?:#([^)]*))?\)/g)];
    const broken = links.filter(([, path = '', anchor]) => {
      if (/^https?:/.test(path)) return false;
      const file = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, file))) return true;
      return anchor !== undefined && !anchorsOf(read(file)).has(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('names tests and files that exist', () => {
    const tests = unique(text.matchAll(/`((?:test\/)?[\w/-]+\/[\w-]+(?:\.test|-contract)\.ts)`/g));
    const files = unique(text.matchAll(/`((?:infra|src|docs)\/[\w./-]+)(?<!\.test\.ts)`/g));
    const missing = [
      ...tests.filter((name) => !existsSync(join(root, 'test', name.replace(/^test\//, '')))),
      ...files.filter((name) => !existsSync(join(root, name))),
    ];
    expect(missing).toEqual([]);
  });
});

/** As GitHub makes them, and those that a page sets itself. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...unique(text.matchAll(/<a id="([^"]+)">/g))]);
}
