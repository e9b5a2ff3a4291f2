import { readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { replaceWhenChanged } from './replace-when-changed.ts';

const projectRoot = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** Most bytes that the page's scripts may have together, gzipped: it must open quickly on a phone far from the region. */
export const pageScriptLimitBytes = 60_000;

export interface PageBuildOptions {
  /** The script. Default: src/web/main.tsx. */
  readonly entry?: string;
  /** Default: dist/app/web. */
  readonly outDir?: string;
  /** Default: pageScriptLimitBytes. */
  readonly limitBytes?: number;
  readonly quiet?: boolean;
}

export interface PageBuildResult {
  readonly outDir: string;
  /** All scripts together, gzipped. */
  readonly scriptBytes: number;
  readonly styleBytes: number;
}

/**
 * Bundles the page into a folder of static files: index.html, and under assets/ the scripts, the style sheet and the icon, whose
 * names carry a hash of their contents and may be cached for ever. Nothing is inline and nothing comes from
 * elsewhere, so that a strict content security policy holds.
 *
 * Throws when the code cannot be bundled or the scripts are larger than the limit.
 */
export async function buildPage(options: PageBuildOptions = {}): Promise<PageBuildResult> {
  const entry = options.entry ?? join(projectRoot, 'src/web/main.tsx');
  const outDir = options.outDir ?? join(projectRoot, 'dist/app/web');
  const limitBytes = options.limitBytes ?? pageScriptLimitBytes;
  const assets = join(outDir, 'assets');

  const result = await build({
    entryPoints: {
      page: entry,
      theme: join(projectRoot, 'src/web/theme.ts'),
      styles: join(projectRoot, 'src/web/styles/page.css'),
      icon: join(projectRoot, 'src/web/styles/icon.svg'),
    },
    outdir: assets,
    entryNames: '[name]-[hash]',
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'copy' },
    minify: true,
    sourcemap: false,
    legalComments: 'none',
    absWorkingDir: projectRoot,
    logLevel: options.quiet ? 'silent' : 'warning',
    write: false,
  });

  const files = result.outputFiles.map((file) => ({ ...file, name: basename(file.path) }));
  const gzipped = (extension: string): number =>
    files
      .filter(({ name }) => name.endsWith(extension))
      .reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).byteLength, 0);
  const scriptBytes = gzipped('.js');
  if (scriptBytes > limitBytes) {
    throw new Error(
      `The scripts of the page have ${scriptBytes} bytes, gzipped; the limit is ${limitBytes} bytes. ` +
        'Look for a new import that pulls in a whole package (esbuild --metafile --analyze), or raise ' +
        'pageScriptLimitBytes in scripts/build-page.ts and say why.',
    );
  }

  const named = (start: string): string => {
    const found = files.find(({ name }) => name.startsWith(`${start}-`));
    if (found === undefined) throw new Error(`The bundler wrote no ${start} for ${entry}.`);
    return `/assets/${found.name}`;
  };
  // index.html comes last, and what it no longer names goes after it: at any time it names files that are there.
  for (const file of files) await replaceWhenChanged(join(assets, file.name), file.contents);
  await replaceWhenChanged(join(outDir, 'index.html'), Buffer.from(documentOf(named)));
  const present = new Set(files.map(({ name }) => name));
  for (const name of await readdir(assets)) {
    if (!present.has(name) && !name.endsWith('.tmp')) await rm(join(assets, name), { force: true });
  }
  return { outDir, scriptBytes, styleBytes: gzipped('.css') };
}

/** theme.js is small and blocks: who chose the dark colours is not to see a flash of the light ones. */
const documentOf = (named: (start: string) => string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="same-origin">
    <title>VNet vending</title>
    <link rel="icon" href="${named('icon')}" type="image/svg+xml">
    <script src="${named('theme')}"></script>
    <link rel="stylesheet" href="${named('styles')}">
    <script src="${named('page')}" type="module"></script>
  </head>
  <body>
    <div id="page"></div>
    <noscript>This page needs JavaScript. The command line vnetv and the HTTP API do without.</noscript>
  </body>
</html>
`;
