import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { parseMessage } from '../../src/model/parse-message.ts';
import { planDeployment } from '../../src/model/plan-deployment.ts';

/** The JSON blocks of a page. */
function examplesOf(page: string): string[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => json);
}

describe('the examples of the documents', () => {
  it.each(['README.md', 'docs/messages.md'])('are messages that are accepted: %s', (page) => {
    const examples = examplesOf(page);

    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(parseMessage(Buffer.from(example))).toMatchObject({ ok: true });
    }
  });

  it('fit the built-in landscape', () => {
    const parsed = parseMessage(Buffer.from(examplesOf('README.md')[0] ?? ''));
    if (!parsed.ok || parsed.message.operation !== 'allocate') throw new Error('no request');

    expect(planDeployment(parsed.message, readLandscapeFile().landscape)).toMatchObject({
      ok: true,
    });
  });
});

describe('the links of the documents', () => {
  it.each(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md', 'docs/verified.md'])(
    'lead to files that exist: %s',
    (page) => {
      const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = '']) => link);
      for (const link of links) {
        const file = new URL(link, new URL(`../../${page}`, import.meta.url));
        expect(() => readFileSync(file), link).not.toThrow();
      }
    },
  );
});
