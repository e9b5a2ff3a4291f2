import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * `npm run chaos`: the simulation, the matrices, then the writers of the ledger. `--only simulation`,
 * `--only matrices` or `--only ledger` runs one, with the options that follow; options without `--only` are those of the simulation.
 */
const files = {
  simulation: 'simulation/main.ts',
  matrices: 'matrix/main.ts',
  ledger: 'ledger/main.ts',
} as const;
type Part = keyof typeof files;
const parts = Object.keys(files) as Part[];

function chosenBy([flag, ...rest]: readonly string[]): {
  readonly chosen: readonly Part[];
  readonly options: readonly string[];
} {
  if (flag === undefined) return { chosen: parts, options: [] };
  if (flag !== '--only') return { chosen: ['simulation'], options: [flag, ...rest] };
  const [only, ...options] = rest;
  return { chosen: parts.filter((part) => part === only), options };
}

const { chosen, options } = chosenBy(process.argv.slice(2));
if (chosen.length === 0) {
  console.error(`Usage: npm run chaos [-- --only ${parts.join('|')} [its options]]`);
  process.exit(2);
}
for (const part of chosen) {
  const file = fileURLToPath(new URL(files[part], import.meta.url));
  const run = spawn(process.execPath, [file, ...options], { stdio: 'inherit' });
  const [code] = (await once(run, 'exit')) as [number | null];
  if (code !== 0) process.exitCode = code ?? 1;
}
