import { expect, test } from 'vitest';
import { DocumentStore } from '../../../src/local/azure/document-store.ts';

test('a transaction that throws leaves nothing behind, neither in memory nor on disk', () => {
  const store = new DocumentStore(':memory:');
  store.put('things', 'Kept', { n: 1 });
  store.put('things', 'changed', { n: 1 });
  expect(() =>
    store.transaction(() => {
      store.put('things', 'changed', { n: 2 });
      store.put('things', 'CHANGED', { n: 3 });
      store.put('things', 'new', { n: 1 });
      store.delete('things', 'kept');
      store.delete('things', 'new');
      store.put('others', 'new', { n: 1 });
      throw new Error('refused');
    }),
  ).toThrow('refused');
  expect(store.list('things')).toEqual([{ n: 1 }, { n: 1 }]);
  expect(store.get('things', 'kept')).toEqual({ n: 1 });
  expect(store.list('others')).toEqual([]);
  // The next transaction starts afresh.
  store.transaction(() => store.put('things', 'new', { n: 4 }));
  expect(store.get('things', 'new')).toEqual({ n: 4 });
});

test('a transaction that throws does not read the whole store again', () => {
  const store = new DocumentStore(':memory:');
  const value = { text: 'x'.repeat(1000) };
  store.transaction(() => {
    for (let index = 0; index < 2000; index += 1) store.put('things', `${index}`, value);
  });
  const before = store.get('things', '7');
  expect(() =>
    store.transaction(() => {
      throw new Error('refused');
    }),
  ).toThrow('refused');
  expect(store.get('things', '7')).toBe(before);
});
