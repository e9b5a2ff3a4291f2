/** How long a clean stop may take; what is acknowledged is on disk, so little is lost after it. */
const patienceMs = 5_000;

/**
 * Runs something until Ctrl-C or SIGTERM, then stops it cleanly, within bounds: what does not stop
 * in time is left, as after `kill -9`. A start that fails is told in a sentence, not in a stack trace.
 *
 * @param onFreePorts the command that starts the same on any free ports
 */
export async function runUntilStopped(
  start: () => Promise<{ close(): Promise<void> }>,
  { onFreePorts, patience = patienceMs }: { onFreePorts: string; patience?: number },
) {
  try {
    const running = await start();
    // Every port and timer of the platform may be unreferenced; this keeps the process up.
    const keepAlive = setInterval(() => {}, 2 ** 30);
    await new Promise<void>((resolve) => {
      // Not once: Ctrl-C under npm arrives twice, and the second must not end the clean stop.
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
    });
    clearInterval(keepAlive);
    setTimeout(() => {
      console.error(`Not everything stopped within ${patience / 1000} s; leaving it as it is.`);
      process.exit(1);
    }, patience);
    await running.close();
    process.exit(0);
  } catch (error) {
    console.error(explain(error, onFreePorts));
    process.exit(1);
  }
}

function explain(error: unknown, onFreePorts: string): string {
  const { message, cause } = error as Error;
  for (const one of [error, cause]) {
    const { code, port } = (one ?? {}) as NodeJS.ErrnoException & { port?: number };
    if (code === 'EADDRINUSE') {
      return `Port ${port} is in use, perhaps by another local platform. Stop what listens there, or take any free ports:\n  ${onFreePorts}`;
    }
  }
  return message;
}
