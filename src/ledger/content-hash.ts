import { createHash } from 'node:crypto';
import { canonicalJson } from '../model/canonical-json.ts';

/** SHA-256 (hex) of a value in canonical JSON: the `contentHash` of a request, the `planHash` of a deployment. */
export const contentHash = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex');
