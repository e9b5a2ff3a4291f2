import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalPerson } from './landscape/local-person.ts';

/** Characters of a code: none that looks like another one. 16 of them are 80 bits. */
const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789';
const codeLength = 16;

/** What guards a platform before the real Azure. Made of the key of the data folder: the same at every start. */
export interface Access {
  /** Clients of Service Bus sign with it. */
  readonly sharedAccessKey: string;
  /** What a person has to type beside choosing who they are. */
  readonly codeOf: (person: Pick<LocalPerson, 'objectId' | 'tenantId'>) => string;
}

export function accessOf(key: Uint8Array): Access {
  const derived = (purpose: string) => createHmac('sha256', key).update(purpose).digest();
  return {
    sharedAccessKey: derived('service bus').toString('base64'),
    codeOf: ({ objectId, tenantId }) =>
      [...derived(`code of ${tenantId}/${objectId}`).subarray(0, codeLength)]
        .map((byte) => alphabet[byte % alphabet.length])
        .join('')
        .replace(/(.{4})(?=.)/g, '$1-'),
  };
}

const fileName = 'access.json';

/** Writes down what whoever started the platform hands out; only the owner of the folder may read it. @returns the file */
export function writeAccessFile(
  directory: string,
  content: {
    readonly serviceBus: string;
    readonly people: readonly { readonly key: string; readonly code: string }[];
  },
): string {
  const file = join(directory, fileName);
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  return file;
}
