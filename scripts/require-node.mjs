// Plain JavaScript on purpose: it must still run, and explain itself, on a Node that cannot run TypeScript.
const needed = 24;
const running = Number.parseInt(process.versions.node, 10);

if (running < needed) {
  process.stderr.write(
    `This is Node ${process.versions.node}, but the project's scripts need Node ${needed} or newer.\n` +
      `Why: npm installs Node ${needed} into node_modules/.bin and puts it first on the path of every npm script; ` +
      'it is not there, so another Node ran.\n' +
      'What to do: run "npm ci" without --ignore-scripts and without --omit=dev, then start the script through ' +
      '"npm run"; or put node_modules/.bin first on your PATH.\n',
  );
  process.exitCode = 1;
}
