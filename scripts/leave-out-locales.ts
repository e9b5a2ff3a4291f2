import type { Plugin } from 'esbuild';

/**
 * zod brings its messages in fifty languages, which no bundler can tell to be unused. English, which it
 * loads by itself, stays.
 */
export const leaveOutLocales: Plugin = {
  name: 'leave-out-locales',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.c?js$/ }, () => ({
      contents: 'export {};',
      loader: 'js',
    }));
  },
};
