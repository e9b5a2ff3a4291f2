import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readLandscapeFile } from '../../../src/local/landscape/landscape-file.ts';
import { textOf } from '../../docs/blocks.ts';

const example = new URL('../../../src/local/landscape/example-landscape.json', import.meta.url);
const file = join(mkdtempSync(join(tmpdir(), 'vnet-vending-landscape-')), 'landscape.json');

/** The example landscape with these people. */
function landscapeWith(localPeople: unknown): string {
  const landscape = JSON.parse(readFileSync(example, 'utf8'));
  landscape.emulatedAzure.localPeople = localPeople;
  writeFileSync(file, JSON.stringify(landscape));
  return file;
}

const eve = {
  key: 'eve',
  name: 'Eve',
  objectId: '99999999-9999-4999-8999-999999999999',
  tenantId: 'b0000000-0000-4000-8000-00000000000b',
};

it('the example of the documents is one', () => {
  const example: unknown = JSON.parse(textOf('docs/local-platform.md', 'people'));
  expect(readLandscapeFile(landscapeWith(example)).emulatedAzure.localPeople).toEqual(example);
});

it('a person needs a key, a name and an identity; without roles there are none', () => {
  expect(readLandscapeFile(landscapeWith([eve])).emulatedAzure.localPeople).toEqual([
    { ...eve, roles: [], groups: [] },
  ]);
  expect(readLandscapeFile(landscapeWith(undefined)).emulatedAzure.localPeople).toEqual([]);
});

it.each([
  [{ key: 'Eve Adams' }, 'lower-case letters'],
  [{ objectId: 'eve' }, 'objectId'],
  [{ roles: ['Vnet.Everything'] }, 'Vnet.Request'],
  [{ password: 'x' }, 'password'],
  [{ tenantId: '99999999-9999-4999-8999-999999999999' }, 'no tenant 99999999'],
])('a person with %j is refused', (change, words) => {
  expect(() => readLandscapeFile(landscapeWith([{ ...eve, ...change }]))).toThrow(words);
});

it('two people cannot have one key or one identity', () => {
  const sameKey = { ...eve, objectId: '88888888-8888-4888-8888-888888888888' };
  expect(() => readLandscapeFile(landscapeWith([eve, sameKey]))).toThrow(
    /the key 'eve'\n {2}→ at emulatedAzure\.localPeople\[1\]$/,
  );
  const sameIdentity = { ...eve, key: 'adam', objectId: eve.objectId.toUpperCase() };
  expect(() => readLandscapeFile(landscapeWith([eve, sameIdentity]))).toThrow('are the object');
});
