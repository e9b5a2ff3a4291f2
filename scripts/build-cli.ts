import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { replaceWhenChanged } from './replace-when-changed.ts';

const projectRoot = resolve(fileURLToPath(new URL('..', import.meta.url)));

/**
 * Most bytes that every start of `vnetv` reads. What only some commands need (sign-in, live
 * display) is in chunks that are loaded when they are; raise it only with a reason in the commit.
 */
export const cliStartLimitBytes = 250_000;

export interface CliBuildOptions {
  /** Default: dist/cli. */
  readonly outDir?: string;
  /** Default: cliStartLimitBytes. */
  readonly limitBytes?: number;
  readonly quiet?: boolean;
}

export interface CliBuildResult {
  readonly outDir: string;
  /** vnetv.mjs and the chunks that it loads at once. */
  readonly startBytes: number;
}

/**
 * Bundles the command line into a folder that runs on its own, with any Node from version 20 on:
 * vnetv.mjs and chunks. Throws when the code cannot be bundled, or when a start would read more
 * than the limit.
 */
export async function buildCli(options: CliBuildOptions = {}): Promise<CliBuildResult> {
  const outDir = options.outDir ?? join(projectRoot, 'dist/cli');
  const limitBytes = options.limitBytes ?? cliStartLimitBytes;
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));

  const result = await build({
    entryPoints: { vnetv: join(projectRoot, 'src/cli/main.ts') },
    outdir: outDir,
    entryNames: '[name]',
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    // Names of errors are told to the user.
    keepNames: true,
    legalComments: 'linked',
    define: { VNETV_VERSION: JSON.stringify(version) },
    // The sign-in packages are CommonJS in parts, and ask for Node's modules by require.
    banner: {
      js: "import{createRequire as vnetvCreateRequire}from'node:module';const require=vnetvCreateRequire(import.meta.url);",
    },
    absWorkingDir: projectRoot,
    metafile: true,
    logLevel: options.quiet ? 'silent' : 'warning',
    write: false,
  });

  const startBytes = bytesAtStart(result.metafile.outputs);
  if (startBytes > limitBytes) {
    throw new Error(
      `A start of vnetv reads ${startBytes} bytes; the limit is ${limitBytes} bytes. Load what few commands need ` +
        'with import() where it is needed, or raise cliStartLimitBytes in scripts/build-cli.ts and say why.',
    );
  }
  // The entry comes last, and old chunks go after it: at any time it names files that are there.
  const files = result.outputFiles.toSorted(
    (a, b) => Number(a.path.endsWith('vnetv.mjs')) - Number(b.path.endsWith('vnetv.mjs')),
  );
  for (const file of files) await replaceWhenChanged(file.path, file.contents);
  await removeOldChunks(join(outDir, 'chunks'), new Set(files.map(({ path }) => basename(path))));
  return { outDir, startBytes };
}

type Outputs = Readonly<
  Record<
    string,
    {
      bytes: number;
      entryPoint?: string;
      imports: { path: string; kind: string; external?: boolean }[];
    }
  >
>;

/** The entry, and what it imports by statement, over and over; what it may import later is not read. */
function bytesAtStart(outputs: Outputs): number {
  const entry = Object.keys(outputs).find((path) => path.endsWith('vnetv.mjs'));
  const read = new Set<string>();
  const visit = (path: string): void => {
    const output = outputs[path];
    if (output === undefined || read.has(path)) return;
    read.add(path);
    for (const found of output.imports) {
      if (found.kind === 'import-statement' && !found.external) visit(found.path);
    }
  };
  visit(entry ?? '');
  return [...read].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
}

async function removeOldChunks(folder: string, present: ReadonlySet<string>): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!present.has(name) && !name.endsWith('.tmp')) await rm(join(folder, name), { force: true });
  }
}

if (import.meta.main) {
  try {
    const started = performance.now();
    const { outDir, startBytes } = await buildCli();
    const kilobytes = (startBytes / 1000).toFixed(0);
    const milliseconds = Math.round(performance.now() - started);
    console.log(
      `built ${relative(process.cwd(), outDir) || '.'}: vnetv starts with ${kilobytes} kB, ${milliseconds} ms`,
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
