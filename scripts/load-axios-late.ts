import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const loadedAtOnce = 'const axios_1 = require("axios");';
const loadedLate = 'const axios_1 = { get default() { return require("axios").default; } };';

/**
 * durable-functions loads axios, which takes a tenth of the start, for a client that it makes only when a
 * function asks for one. The package has no setting for it, so its text is changed; a version in which the
 * text is another fails the build.
 */
export const loadAxiosLate: Plugin = {
  name: 'load-axios-late',
  setup(build) {
    build.onLoad(
      { filter: /[\\/]durable-functions[\\/]lib[\\/]src[\\/]durableClient[\\/]DurableClient\.js$/ },
      async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!text.includes(loadedAtOnce)) {
          throw new Error(
            `${path} loads axios in another way than it did. Look how, and adapt or take away scripts/load-axios-late.ts.`,
          );
        }
        return { contents: text.replace(loadedAtOnce, loadedLate), loader: 'js' };
      },
    );
  },
};
