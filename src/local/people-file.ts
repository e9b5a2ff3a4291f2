import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Landscape } from '../model/landscape.ts';
import { mistakesOfPeople } from './landscape/landscape-file.ts';
import { type LocalPerson, localPersonSchema } from './landscape/local-person.ts';

/** Reads who may sign in at a platform before the real Azure: a JSON list of people, as in `localPeople`. */
export function readPeopleFile(file: string, landscape: Landscape): readonly LocalPerson[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(
      `The file of people '${file}' cannot be read as JSON: ${(error as Error).message} Name an existing JSON file with --people.`,
    );
  }
  const people = z.array(localPersonSchema).safeParse(json);
  const mistakes = people.success
    ? mistakesOfPeople(people.data, landscape, '').join('\n')
    : z.prettifyError(people.error);
  if (people.success && mistakes === '') return people.data;
  throw new Error(`The file of people '${file}' is wrong; correct it:\n${mistakes}`);
}
