import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildApp, bundleLimitBytes } from './build.ts';
import { packageApp, packageLimitBytes } from './package.ts';

const projectRoot = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** Most milliseconds that loading all function modules should take: it is a part of every cold start. */
export const loadTargetMs = 300;

export interface Load {
  readonly milliseconds: number;
  /** What the processor worked for it: says more than the clock on a busy machine. */
  readonly cpuMilliseconds: number;
  readonly functions: number;
  /** Loading the file that comes after the app. */
  readonly laterMilliseconds: number;
  /** Bytes of memory that the process has afterwards. */
  readonly rss: number;
}

/** Loads the built app in a fresh process, with the settings that it has in Azure. Nothing is reached. */
export function loadInFreshProcess(appFile: string, cacheFolder = '', laterFile = ''): Load {
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-load-'));
  try {
    const example = join(projectRoot, 'src/local/landscape/example-landscape.json');
    const { emulatedAzure: _, ...landscape } = JSON.parse(readFileSync(example, 'utf8'));
    const landscapeFile = join(folder, 'landscape.json');
    writeFileSync(landscapeFile, JSON.stringify(landscape));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(projectRoot, 'scripts/load-app.mjs'), appFile, cacheFolder, laterFile],
      { encoding: 'utf8', env: settingsFor(landscapeFile) },
    );
    if (status !== 0) throw new Error(`The function app could not be loaded.\n${stderr}`);
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function settingsFor(landscapeFile: string): Record<string, string> {
  const identity = '00000000-0000-4000-8000-000000000000';
  return {
    PATH: process.env['PATH'] ?? '',
    WEBSITE_SITE_NAME: 'bench',
    WEBSITE_INSTANCE_ID: 'bench',
    WEBSITE_AUTH_ENABLED: 'True',
    ServiceBusConnection__fullyQualifiedNamespace: 'bench.invalid',
    ServiceBusConnection__credential: 'managedidentity',
    VNETV_LANDSCAPE_FILE: landscapeFile,
    VNETV_LEDGER_TABLE_ENDPOINT: 'https://bench.invalid',
    AZURE_CLIENT_ID: identity,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

async function main(rounds: number): Promise<void> {
  const { outDir, bundleBytes, page } = await buildApp();
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-bench-'));
  try {
    const zipFile = join(folder, 'package.zip');
    const { zipBytes } = await packageApp({
      appDir: outDir,
      outDir: join(folder, 'package'),
      zipFile,
      backEnd: 'azureStorage',
      landscapeFile: undefined,
    });
    const appFile = join(outDir, 'main.cjs');
    const cacheFolder = join(folder, 'cache');
    const telemetry = join(outDir, 'telemetry.cjs');
    const cold = Array.from({ length: rounds }, () => loadInFreshProcess(appFile, '', telemetry));
    loadInFreshProcess(appFile, cacheFolder);
    const cached = Array.from({ length: rounds }, () => loadInFreshProcess(appFile, cacheFolder));
    const times = (loads: readonly Load[]) => loads.map(({ milliseconds }) => milliseconds);
    const coldMs = median(times(cold));

    const [fastest = 0, slowest = 0] = [Math.min(...times(cold)), Math.max(...times(cold))];
    const cpuMs = median(cold.map(({ cpuMilliseconds }) => cpuMilliseconds));
    const rows = [
      ['package, zipped', `${mega(zipBytes)} MB`, `at most ${mega(packageLimitBytes)} MB`],
      ['main.cjs', `${mega(bundleBytes)} MB`, `at most ${mega(bundleLimitBytes)} MB`],
      ['page: scripts, gzipped', `${(page.scriptBytes / 1000).toFixed(0)} kB`, ''],
      ['source map, not deployed', `${mega(statSync(`${appFile}.map`).size)} MB`, ''],
      [`loading ${cold[0]?.functions} functions, median`, ms(coldMs), `below ${loadTargetMs} ms`],
      ['  fastest to slowest', `${ms(fastest)} to ${ms(slowest)}`, ''],
      ['  time of the processor', ms(cpuMs), ''],
      ['  with a V8 compile cache', ms(median(times(cached))), ''],
      [
        'telemetry, where it is configured',
        ms(median(cold.map(({ laterMilliseconds }) => laterMilliseconds))),
        `${mega(statSync(telemetry).size)} MB`,
      ],
      ['memory afterwards, all of it', `${mega(median(cold.map(({ rss }) => rss)))} MB`, ''],
    ];
    const width = Math.max(...rows.map(([name]) => name?.length ?? 0)) + 2;
    for (const [name = '', value = '', target = ''] of rows) {
      console.log(`${name.padEnd(width)}${value.padStart(18)}  ${target}`.trimEnd());
    }
    const [load = 0] = loadavg();
    console.log(
      `Node ${process.versions.node}, ${cpus().length} cores, load ${load.toFixed(1)}, ${rounds} fresh processes each`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const mega = (bytes: number): string => (bytes / 1_000_000).toFixed(2);
const ms = (milliseconds: number): string => `${milliseconds.toFixed(0)} ms`;

if (import.meta.main) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '11' } } });
  await main(Number(values.rounds));
}
