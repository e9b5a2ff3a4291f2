import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The version that the templates are checked with; another one may lint differently. */
export const bicepVersion = '0.49.2';

/** From here on the compiler can work out what a template would deploy (`bicep snapshot`). */
const oldestVersion = [0, 41] as const;

const restoreTimeoutMs = 240_000;

export interface Bicep {
  readonly file: string;
  readonly version: string;
}

/** Either the compiler, or why there is none and what to do about it. */
export type BicepSearch = { readonly bicep: Bicep } | { readonly missing: string };

export interface BicepSearchOptions {
  /** Fetches the compiler from NuGet where dotnet is installed. Default: false, so that tests reach for nothing. */
  readonly mayRestore?: boolean;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Looks for a Bicep compiler: the pinned version in the package folder of NuGet, then `bicep` on the
 * path, then the one that `az bicep install` put into the home folder; then, if allowed, fetches the
 * pinned version with `dotnet restore`. It stays in NuGet's own package folder, which all checkouts share.
 */
export function findBicep(options: BicepSearchOptions = {}): BicepSearch {
  const environment = options.environment ?? process.env;
  const restored = join(packageFolder(environment), 'tools', executable);
  const places = [
    restored,
    ...onPath(environment),
    join(homeIn(environment), '.azure/bin', executable),
  ];
  for (const file of places) {
    const version = existsSync(file) ? versionOf(file) : undefined;
    if (version !== undefined) return { bicep: { file, version } };
  }
  if (options.mayRestore) {
    const failure = restore(environment);
    const version = failure === undefined ? versionOf(restored) : undefined;
    if (version !== undefined) return { bicep: { file: restored, version } };
    return { missing: `No Bicep compiler is here, and none could be fetched: ${failure}` };
  }
  return {
    missing:
      `No Bicep compiler (${oldestVersion.join('.')} or newer) is here. "npm run bicep" fetches one where dotnet is ` +
      'installed; "az bicep install" does as well.',
  };
}

const executable = process.platform === 'win32' ? 'bicep.exe' : 'bicep';

function packageName(): string {
  const system = { win32: 'win', darwin: 'osx' }[process.platform as string] ?? 'linux';
  return `Azure.Bicep.CommandLine.${system}-${process.arch}`;
}

function packageFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const packages = environment['NUGET_PACKAGES'] || join(homeIn(environment), '.nuget/packages');
  return join(packages, packageName().toLowerCase(), bicepVersion);
}

function homeIn(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['HOME'] || homedir();
}

function onPath(environment: Readonly<Record<string, string | undefined>>): string[] {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, executable));
}

/** The version, unless the file is no compiler that can be used. */
function versionOf(file: string): string | undefined {
  const { status, stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
  const [, version, major, minor] = /version ((\d+)\.(\d+)\.\d+)/.exec(stdout ?? '') ?? [];
  if (status !== 0 || version === undefined) return undefined;
  const isNewEnough =
    Number(major) > oldestVersion[0] ||
    (Number(major) === oldestVersion[0] && Number(minor) >= oldestVersion[1]);
  return isNewEnough ? version : undefined;
}

/** Why it failed, if it did. */
function restore(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-bicep-'));
  try {
    const project = join(folder, 'bicep.csproj');
    writeFileSync(
      project,
      `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>netstandard2.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="${packageName()}" Version="[${bicepVersion}]" /></ItemGroup>
</Project>
`,
    );
    const { error, status, stdout } = spawnSync('dotnet', ['restore', project], {
      encoding: 'utf8',
      timeout: restoreTimeoutMs,
      env: { ...environment, DOTNET_NOLOGO: '1', DOTNET_CLI_TELEMETRY_OPTOUT: '1' },
    });
    if (error !== undefined) return `dotnet could not be run (${error.message}).`;
    return status === 0 ? undefined : `"dotnet restore" failed.\n${stdout.trim()}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
