import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const folder = join(import.meta.dirname, '../../docs/schemas');

/** Answers what is wrong with a value by the published schema of that `$id`; nothing when it fits. */
export type Check = (id: string, value: unknown) => readonly string[];

/** The schemas of docs/schemas, as a receiver or sender would use them: with a validator of others. */
export function loadPublishedSchemas(): Check {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false });
  addFormats.default(ajv);
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.json')) {
      ajv.addSchema(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    }
  }
  return (id, value) => {
    const validate = ajv.getSchema(id);
    if (!validate) throw new Error(`There is no published schema ${id}.`);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath} ${message ?? ''}`,
    );
  };
}
