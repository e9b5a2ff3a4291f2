import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { buildPage, type PageBuildResult } from './build-page.ts';
import { leaveOutLocales } from './leave-out-locales.ts';
import { leaveOutOperations } from './leave-out-operations.ts';
import { loadAxiosLate } from './load-axios-late.ts';
import { replaceWhenChanged } from './replace-when-changed.ts';

const projectRoot = resolve(fileURLToPath(new URL('..', import.meta.url)));

/**
 * Most bytes that main.cjs may have. A cold start reads and compiles all of it, and one careless import of
 * a whole Azure client adds megabytes; raise it only with a reason in the commit.
 */
export const bundleLimitBytes = 4.25 * 1024 * 1024;

export interface BuildOptions {
  /** Where the function app starts. Default: src/functions/main.ts. */
  readonly entry?: string;
  /** The folder of the deployable function app. Default: dist/app. */
  readonly outDir?: string;
  /** Default: bundleLimitBytes. */
  readonly limitBytes?: number;
  /** Leaves it to the caller to print what the bundler complains about. */
  readonly quiet?: boolean;
}

export interface BuildResult {
  readonly outDir: string;
  /** main.cjs alone; source map and licence texts are not loaded at run time. */
  readonly bundleBytes: number;
  readonly page: PageBuildResult;
}

/**
 * Bundles the function app into a folder that can be deployed as it is: main.cjs and telemetry.cjs, their source maps
 * and licence texts, host.json, a package.json that names the entry, and the page in web/. Everything is bundled but `@azure/functions-core`, which
 * the Functions host provides. Files are replaced atomically and only when they changed, so that a running
 * platform or test never reads half a bundle.
 *
 * Throws when the code cannot be bundled or the bundle is larger than the limit.
 */
export async function buildApp(options: BuildOptions = {}): Promise<BuildResult> {
  const entry = options.entry ?? join(projectRoot, 'src/functions/main.ts');
  const outDir = options.outDir ?? join(projectRoot, 'dist/app');
  const limitBytes = options.limitBytes ?? bundleLimitBytes;

  const quiet = options.quiet ?? false;
  const result = await bundle(entry, join(outDir, 'main.cjs'), quiet);
  // Tests bundle other apps, which have no telemetry.
  const telemetry = options.entry
    ? undefined
    : await bundle(telemetryEntry, join(outDir, 'telemetry.cjs'), quiet);

  const main = result.outputFiles.find((file) => file.path.endsWith('main.cjs'));
  if (main === undefined) throw new Error(`The bundler wrote no main.cjs for ${entry}.`);
  const bundleBytes = main.contents.byteLength;
  if (bundleBytes > limitBytes) {
    throw new Error(
      `The bundle of the function app has ${bundleBytes} bytes; the limit is ${limitBytes} bytes. ` +
        'A large bundle makes every cold start slow. Look for a new import that pulls in a whole package ' +
        '(esbuild --metafile --analyze), or raise bundleLimitBytes in scripts/build.ts and say why.',
    );
  }

  const files = [...result.outputFiles, ...(telemetry?.outputFiles ?? [])];
  for (const file of files) await replaceWhenChanged(file.path, file.contents);
  await replaceWhenChanged(
    join(outDir, 'host.json'),
    await readFile(join(projectRoot, 'host.json')),
  );
  await replaceWhenChanged(join(outDir, 'package.json'), await deployedPackage());
  const page = await buildPage({ outDir: join(outDir, 'web'), quiet });
  return { outDir, bundleBytes, page };
}

/** What main.cjs loads only where telemetry is configured; a bundle of its own, so that a cold start need not read it. */
const telemetryEntry = join(projectRoot, 'src/functions/telemetry/open-telemetry.ts');

/** One file that needs no node_modules. */
const bundle = (entry: string, outfile: string, quiet: boolean) =>
  build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['@azure/functions-core'],
    // CommonJS has no import.meta.
    define: { 'import.meta.dirname': '__dirname' },
    plugins: [leaveOutLocales, leaveOutOperations, loadAxiosLate, telemetryApart],
    // Not the names: they appear in stack traces and in error codes of the Azure SDK, and zipped they weigh
    // little. To shorten them and put them back (keepNames) costs each start 50 ms.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'linked',
    absWorkingDir: projectRoot,
    logLevel: quiet ? 'silent' : 'warning',
    write: false,
  });

const telemetryApart: Plugin = {
  name: 'telemetry-apart',
  setup(building) {
    building.onResolve({ filter: /\/open-telemetry\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './telemetry.cjs', external: true } : undefined,
    );
  },
};

async function deployedPackage(): Promise<Uint8Array> {
  const source = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8'));
  const deployed = {
    name: source.name,
    version: source.version,
    private: true,
    type: 'commonjs',
    main: 'main.cjs',
  };
  return Buffer.from(`${JSON.stringify(deployed, undefined, 2)}\n`);
}

if (import.meta.main) {
  try {
    const started = performance.now();
    const { outDir, bundleBytes, page } = await buildApp();
    const mebibytes = (bundleBytes / 1024 / 1024).toFixed(2);
    const kilobytes = (page.scriptBytes / 1000).toFixed(1);
    const milliseconds = Math.round(performance.now() - started);
    console.log(
      `built ${relative(process.cwd(), outDir) || '.'}: main.cjs ${mebibytes} MiB, page ${kilobytes} kB (gzipped), ${milliseconds} ms`,
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
