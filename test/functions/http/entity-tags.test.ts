import { expect, it } from 'vitest';
import { entityTagOf, isKnown, revisionsOf } from '../../../src/functions/http/entity-tags.ts';

it('an entity tag changes with the answer, and that of a request names its revision', () => {
  expect(entityTagOf('{}')).toBe(entityTagOf('{}'));
  expect(entityTagOf('{}')).not.toBe(entityTagOf('[]'));
  expect(entityTagOf('{}', 7)).toMatch(/^"7\.[\w-]{22}"$/);
});

it('who has the answer already says so by its tag, weak or among others', () => {
  const tag = entityTagOf('{}');
  for (const header of [tag, `W/${tag}`, `"x", ${tag}`, '*'])
    expect(isKnown(header, tag)).toBe(true);
  for (const header of [null, '', '"x"', tag.replaceAll('"', '')]) {
    expect(isKnown(header, tag)).toBe(false);
  }
});

it.each([
  [null, undefined],
  ['*', undefined],
  ['"7"', [7]],
  [entityTagOf('{}', 12), [12]],
  ['W/"7", "8.abc"', [7, 8]],
])('If-Match %s names the revisions %j', (header, revisions) => {
  expect(revisionsOf(header)).toEqual({ ok: true, value: revisions });
});

it.each(['7', '"x"', '"7', '', '"7","x"', '"1e3"'])('If-Match %s is refused', (header) => {
  const answer = revisionsOf(header);
  expect(answer.ok || answer.error.code).toBe('ParameterInvalid');
});
