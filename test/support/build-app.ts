import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildApp } from '../../scripts/build.ts';

/** Vitest's global setup: the tests that load the function app find the bundle of the present sources. */
export async function setup(): Promise<void> {
  const entry = fileURLToPath(new URL('../../src/functions/main.ts', import.meta.url));
  if (existsSync(entry)) await buildApp({ entry });
}
