import { spawnSync } from 'node:child_process';

/** Core Tools of the runtime that the app is made for. */
const neededMajor = 4;

/** Version of Azure Functions Core Tools. @throws Error that says how to get them */
export function findFunc(environment: NodeJS.ProcessEnv): string {
  const { error, stdout } = spawnSync('func', ['--version'], {
    encoding: 'utf8',
    env: environment,
  });
  const version = error === undefined ? stdout.trim() : '';
  if (Number.parseInt(version, 10) === neededMajor) return version;
  const found = error === undefined ? `version '${version}' is on the path` : 'none is on the path';
  throw new Error(
    `Azure Functions Core Tools ${neededMajor} (the command func) are needed, but ${found}.\n` +
      'They are not a dependency of this project, because their npm package downloads 200 MB when it is installed.\n' +
      'What to do: npm install --global azure-functions-core-tools@4, or another way of\n' +
      'https://learn.microsoft.com/azure/azure-functions/functions-run-local; then run this again.\n' +
      'Without them, npm start runs the same build on the local platform.',
  );
}
