import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Landscape, landscapeSchema } from '../src/model/landscape.ts';
import { buildApp } from './build.ts';
import { type BackEnd, backEnds, hostJsonFor } from './host-json.ts';
import { zip } from './zip.ts';

const projectRoot = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** Most bytes that the zipped package may have: every new instance fetches it before it can do anything. */
export const packageLimitBytes = 3_000_000;

/** What the app cannot do without: itself, the sender of its telemetry, and the page. */
const required = ['main.cjs', 'host.json', 'package.json', 'telemetry.cjs', 'web/index.html'];

export interface PackageOptions {
  /** The built function app. */
  readonly appDir: string;
  /** What is deployed: a folder, and beside it the same as a zip file. */
  readonly outDir: string;
  readonly zipFile: string;
  readonly backEnd: BackEnd;
  /** The landscape of the deployment; without one the package starts nowhere and only tells its size. */
  readonly landscapeFile: string | undefined;
  /** Default: packageLimitBytes. */
  readonly limitBytes?: number;
}

export interface PackageResult {
  readonly files: readonly string[];
  readonly zipBytes: number;
  /** What is to be done before a deployment can work. */
  readonly notes: readonly string[];
}

/**
 * Makes what is deployed of the built function app: host.json for the durable back end, the landscape, and
 * all that the app loads. The source map stays out: it is as large as the bundle, and nothing loads it.
 *
 * Throws when a file is missing or cannot be read, when the landscape is wrong, so that a mistake shows before the deployment, and when the package is
 * larger than the limit.
 */
export async function packageApp(options: PackageOptions): Promise<PackageResult> {
  const { appDir, outDir, zipFile, backEnd, landscapeFile } = options;
  const limitBytes = options.limitBytes ?? packageLimitBytes;
  const entries = new Map<string, Uint8Array>();
  for (const entry of await readdir(appDir, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory() || /\.(map|tmp)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    entries.set(relative(appDir, path).split(sep).join('/'), await readFile(path));
  }
  const lacking = required.filter((name) => !entries.has(name));
  const hostJson = entries.get('host.json');
  if (lacking.length > 0 || hostJson === undefined) {
    throw new Error(
      `The function app is not built as a whole: ${lacking.join(', ')} is missing in ${appDir}. Run: npm run build`,
    );
  }
  const adapted = hostJsonFor(backEnd, JSON.parse(Buffer.from(hostJson).toString('utf8')));
  entries.set('host.json', textOf(adapted));
  const notes: string[] = [];
  if (landscapeFile !== undefined) {
    const { landscape, secretSettings } = await readLandscape(landscapeFile);
    entries.set('landscape.json', textOf(landscape));
    notes.push(...secretSettings.map(noteOnSecret));
  }
  entries.set('.funcignore', await readFile(join(projectRoot, '.funcignore')));

  const sorted = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const archive = zip(sorted.map(([name, contents]) => ({ name, contents })));
  if (archive.byteLength > limitBytes) {
    throw new Error(
      `The package has ${archive.byteLength} bytes; the limit is ${limitBytes} bytes. A large package makes every ` +
        'cold start slow. Look for a new import that pulls in a whole package (esbuild --metafile --analyze), or ' +
        'raise packageLimitBytes in scripts/package.ts and say why.',
    );
  }
  await rm(outDir, { recursive: true, force: true });
  for (const [name, contents] of sorted) {
    await mkdir(dirname(join(outDir, name)), { recursive: true });
    await writeFile(join(outDir, name), contents);
  }
  await writeFile(zipFile, archive);
  return { files: sorted.map(([name]) => name), zipBytes: archive.byteLength, notes };
}

const textOf = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);

const noteOnSecret = (setting: string): string =>
  `The landscape names the app setting ${setting}, a secret: give it to the app by keyVaultReferences (docs/deploy.md).`;

interface ReadLandscape {
  readonly landscape: unknown;
  /** App settings that hold secrets. */
  readonly secretSettings: readonly string[];
}

async function readLandscape(file: string): Promise<ReadLandscape> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(
      `The landscape '${file}' cannot be read as JSON: ${(error as Error).message} It says which tenants and pools ` +
        'there are; name it with --landscape or VNETV_LANDSCAPE (docs/deploy.md).',
    );
  }
  // What the local platform holds beyond a landscape is no business of Azure's.
  const { emulatedAzure: _, ...landscape } = (json ?? {}) as Record<string, unknown>;
  const parsed = landscapeSchema.safeParse(landscape);
  if (!parsed.success) {
    throw new Error(`The landscape '${file}' is wrong.\n${z.prettifyError(parsed.error)}`);
  }
  if (parsed.data.application.clientId === notYetMade) {
    throw new Error(
      `The application in the landscape '${file}' has no client id yet: all of it are zeros. Run vnetv setup, which ` +
        'makes the application and writes its id in, or write in the id of one that there is.',
    );
  }
  return { landscape, secretSettings: secretSettingsOf(parsed.data) };
}

function secretSettingsOf({
  application,
  managementTenant,
  managedTenants,
  callbacks,
}: Landscape): readonly string[] {
  const credentials = [application, managementTenant, ...managedTenants].map(
    ({ credential }) => credential,
  );
  const names = [
    ...credentials.map((one) => (one?.type === 'clientSecret' ? [one.setting] : [])),
    ...callbacks.map((callback) => [callback.secretSetting, callback.urlSetting ?? []]),
  ];
  return [...new Set(names.flat(2))];
}

/** What stands in a landscape before `vnetv setup` has made the application. */
const notYetMade = '00000000-0000-0000-0000-000000000000';

function backEndNamed(name: string): BackEnd {
  const found = backEnds.find((each) => each === name);
  if (found !== undefined) return found;
  throw new Error(`There is no durable back end '${name}'; there are: ${backEnds.join(', ')}.`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'back-end': { type: 'string', default: process.env['DURABLE_BACK_END'] || 'azureStorage' },
      landscape: { type: 'string', default: process.env['VNETV_LANDSCAPE'] || 'landscape.json' },
      'without-landscape': { type: 'boolean', default: false },
    },
  });
  const backEnd = backEndNamed(values['back-end']);
  const { outDir: appDir } = await buildApp();
  const outDir = join(projectRoot, 'dist/package');
  const zipFile = join(projectRoot, 'dist/vnet-vending.zip');
  const { zipBytes, notes } = await packageApp({
    appDir,
    outDir,
    zipFile,
    backEnd,
    landscapeFile: values['without-landscape'] ? undefined : resolve(values.landscape),
  });
  const [folder, file] = [outDir, zipFile].map((path) => relative(process.cwd(), path));
  const megabytes = (zipBytes / 1_000_000).toFixed(2);
  console.log(`packaged ${folder} for ${backEnd}, and ${file}: ${megabytes} MB`);
  for (const note of notes) console.log(note);
  if (values['without-landscape']) console.log('It has no landscape: do not deploy it.');
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
