// Preloaded (`node --import`) by the npm scripts that stay up. npm starts a script through a shell. SIGTERM to npm
// ends that shell, and without this the platform would go on as an orphan that holds its ports. Losing the parent
// therefore counts as SIGTERM. On Windows a process keeps its parent's id, and Ctrl-C reaches everybody anyway.
import { isMainThread } from 'node:worker_threads';

const checkMilliseconds = 200;

if (isMainThread) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, checkMilliseconds);
  timer.unref();
}
