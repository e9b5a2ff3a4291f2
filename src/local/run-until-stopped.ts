/**
 * Runs something until Ctrl-C or SIGTERM, then stops it cleanly. A start that fails is told in a
 * sentence, not in a stack trace.
 */
export async function runUntilStopped(start: () => Promise<{ close(): Promise<void> }>) {
  try {
    const running = await start();
    // Every port and timer of the platform may be unreferenced; this keeps the process up.
    const keepAlive = setInterval(() => {}, 2 ** 30);
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
    clearInterval(keepAlive);
    await running.close();
    process.exit(0);
  } catch (error) {
    console.error(explain(error));
    process.exit(1);
  }
}

function explain(error: unknown): string {
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  return code === 'EADDRINUSE'
    ? `Port ${port} is in use. Stop what listens there, or choose another port (--help lists the flags; 0 = any free one).`
    : message;
}
