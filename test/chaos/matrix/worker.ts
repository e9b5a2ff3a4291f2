import { runTask, type Task } from './tasks.ts';

/** A process of its own: it runs one task and tells how that went. */
process.once('message', async (task: Task) => {
  const report = await runTask(task);
  process.send?.(report, () => process.exit());
});
