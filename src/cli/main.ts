#!/usr/bin/env node
import { realWorld } from './real-world.ts';
import { runCli } from './run.ts';

// Who reads us may stop reading: `vnetv list | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const argv = process.argv.slice(2);
process.exitCode = await runCli(argv, realWorld());
// A sign-in that takes too long for somebody who pressed a key must not hold up the shell.
if (argv[0] === 'complete') process.exit();
