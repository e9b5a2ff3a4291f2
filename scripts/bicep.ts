import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bicep, findBicep } from './find-bicep.ts';

const projectRoot = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** Files of a folder that are deployed, and files of parameters; both bring their modules with them. */
export function templatesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.bicep(param)?$/.test(name))
    .toSorted();
}

/**
 * Compiles the templates of a folder, and its files of parameters, to JSON. Answers what the compiler and its
 * linter have to say: nothing, if all is well.
 */
export function compileAll(bicep: Bicep, folder: string, outDir: string): string {
  const said = [
    ['build', '--pattern', join(folder, '*.bicep'), '--outdir', outDir],
    // Of one name with the template, but for the folder.
    [
      'build-params',
      '--pattern',
      join(folder, '*.bicepparam'),
      '--outdir',
      join(outDir, 'parameters'),
    ],
  ].map((command) => run(bicep, command));
  return said.filter((text) => text !== '').join('\n');
}

function run(bicep: Bicep, command: readonly string[]): string {
  // No module may come from a registry: what is deployed is what lies in this repository.
  const { status, stdout, stderr } = spawnSync(bicep.file, [...command, '--no-restore'], {
    encoding: 'utf8',
    // The one parameter without which nothing is deployed.
    env: { SIGN_IN_CLIENT_ID: '00000000-0000-0000-0000-000000000000', ...process.env },
  });
  const said = `${stdout}${stderr}`.trim();
  return status === 0 ? said : said || `The compiler ended with ${status}.`;
}

/**
 * Whether the templates may go unlooked at where there is no compiler: not in continuous integration with dotnet,
 * which can fetch one. A run that skipped all their tests would look like one that passed them.
 */
export function mayDoWithout(environment: Readonly<Record<string, string | undefined>>): boolean {
  if (environment['CI'] !== 'true') return true;
  return spawnSync('dotnet', ['--version'], { env: environment }).error !== undefined;
}

function main(onlyIfAvailable: boolean): number {
  const found = findBicep({ mayRestore: true });
  if ('missing' in found) {
    console.error(found.missing);
    console.error(
      'THE TEMPLATES IN infra/ WERE NOT COMPILED, and their tests (test/infra) skip themselves.',
    );
    if (onlyIfAvailable && mayDoWithout(process.env)) return 0;
    if (onlyIfAvailable)
      console.error('With CI=true and dotnet that is a failure: see why none could be fetched.');
    return 1;
  }
  const outDir = join(projectRoot, 'dist/infra');
  const infra = join(projectRoot, 'infra');
  const complaints = compileAll(found.bicep, infra, outDir);
  if (complaints !== '') {
    console.error(complaints);
    console.error(
      'Warnings count as errors: correct the template, or say in it why a rule is off.',
    );
    return 1;
  }
  const place = relative(process.cwd(), outDir) || '.';
  console.log(
    `compiled ${templatesIn(infra).length} files of infra/ with Bicep ${found.bicep.version} to ${place}`,
  );
  return 0;
}

if (import.meta.main) process.exitCode = main(process.argv.includes('--if-available'));
