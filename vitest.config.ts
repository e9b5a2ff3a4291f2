import { defineConfig } from 'vitest/config';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/support/temporary-folder.ts', 'test/support/build-app.ts'],
    // A process for each file: some tests patch Module.prototype.require, process.env or start servers.
    pool: 'forks',
    isolate: true,
    maxWorkers: 2,
    // Hours of virtual time cost seconds; on a busy machine they take several times as long.
    testTimeout: 90_000,
    hookTimeout: 60_000,
    // Of what a test looks at again until it holds (`expect.poll`): a page follows an action when it gets to it.
    expect: { poll: { timeout: 15_000 } },
    // A test that passes only at the second attempt is a broken test.
    retry: 0,
    reporters: ['default', './scripts/plain-line-reporter.ts'],
  },
});
