import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bicep, findBicep } from './find-bicep.ts';

const projectRoot = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** Files below infra/ that are deployed; they bring their modules with them. */
export function templatesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.bicep(param)?$/.test(name))
    .map((name) => join(folder, name))
    .toSorted();
}

/**
 * Compiles a template, or a file of parameters, to JSON. Answers what the compiler and its linter have
 * to say: nothing, if all is well.
 */
export function compile(bicep: Bicep, file: string, outDir: string): string {
  mkdirSync(outDir, { recursive: true });
  const command = file.endsWith('.bicepparam')
    ? [
        'build-params',
        file,
        '--outfile',
        join(outDir, `${basename(file, '.bicepparam')}.parameters.json`),
      ]
    : ['build', file, '--outdir', outDir];
  // No module may come from a registry: what is deployed is what lies in this repository.
  const { status, stdout, stderr } = spawnSync(bicep.file, [...command, '--no-restore'], {
    encoding: 'utf8',
    // The one parameter without which nothing is deployed.
    env: { SIGN_IN_CLIENT_ID: '00000000-0000-0000-0000-000000000000', ...process.env },
  });
  const said = `${stdout}${stderr}`.trim();
  return status === 0 ? said : said || `The compiler ended with ${status}.`;
}

function main(onlyIfAvailable: boolean): number {
  const found = findBicep({ mayRestore: true });
  if ('missing' in found) {
    console.error(found.missing);
    if (onlyIfAvailable) console.error('The templates in infra/ were not compiled.');
    return onlyIfAvailable ? 0 : 1;
  }
  const outDir = join(projectRoot, 'dist/infra');
  const files = templatesIn(join(projectRoot, 'infra'));
  const complaints = files
    .map((file) => compile(found.bicep, file, outDir))
    .filter((said) => said !== '');
  if (complaints.length > 0) {
    console.error(complaints.join('\n'));
    console.error(
      'Warnings count as errors: correct the template, or say in it why a rule is off.',
    );
    return 1;
  }
  const place = relative(process.cwd(), outDir) || '.';
  console.log(
    `compiled ${files.length} files of infra/ with Bicep ${found.bicep.version} to ${place}`,
  );
  return 0;
}

if (import.meta.main) process.exitCode = main(process.argv.includes('--if-available'));
