import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildApp } from '../../scripts/build.ts';
import { buildCli } from '../../scripts/build-cli.ts';

/**
 * Vitest's global setup: the tests that load the function app, or start the command line, find the bundle of the
 * present sources. While the sources cannot be bundled, the tests that need no bundle run all the same;
 * `npm test` is stricter and builds first.
 */
export async function setup(): Promise<void> {
  const entry = fileURLToPath(new URL('../../src/functions/main.ts', import.meta.url));
  if (!existsSync(entry)) return;
  await buildApp({ quiet: true }).catch((error: Error) => {
    console.warn(
      `The function app was not built, tests that load it see an old one or none.\n${error.message}`,
    );
  });
  await buildCli({ quiet: true }).catch((error: Error) => {
    console.warn(
      `The command line was not built, tests that start it see an old one.\n${error.message}`,
    );
  });
}
