import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadInFreshProcess } from '../../scripts/bench.ts';
import { type PackageOptions, packageApp, packageLimitBytes } from '../../scripts/package.ts';
import { projectRoot } from '../../scripts/sources.ts';

const builtApp = join(projectRoot, 'dist/app');

describe('packageApp', () => {
  let folder: string;
  let options: PackageOptions;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vnet-vending-package-'));
    const example = join(projectRoot, 'src/local/landscape/example-landscape.json');
    const { emulatedAzure: _, ...landscape } = JSON.parse(readFileSync(example, 'utf8'));
    writeFileSync(join(folder, 'landscape.json'), JSON.stringify(landscape));
    options = {
      appDir: builtApp,
      outDir: join(folder, 'out'),
      zipFile: join(folder, 'app.zip'),
      backEnd: 'azureStorage',
      landscapeFile: join(folder, 'landscape.json'),
    };
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const deployed = (name: string) => JSON.parse(readFileSync(join(folder, 'out', name), 'utf8'));

  it('holds all that the app loads, within the limit, and no source map', async () => {
    const { files, zipBytes } = await packageApp(options);

    expect(files).toEqual(expect.arrayContaining(['main.cjs', 'host.json', 'package.json']));
    expect(files).toEqual(expect.arrayContaining(['landscape.json', 'web/index.html']));
    expect(files.filter((name) => name.endsWith('.map'))).toEqual([]);
    expect(zipBytes).toBeLessThan(packageLimitBytes);
    expect(loadInFreshProcess(join(folder, 'out/main.cjs')).functions).toBeGreaterThan(60);
  });

  it('zips the files as they lie in the folder', async () => {
    const { files } = await packageApp(options);
    const zipped = unzipped(readFileSync(options.zipFile));

    expect([...zipped.keys()]).toEqual(files);
    for (const [name, contents] of zipped) {
      expect(contents.equals(readFileSync(join(folder, 'out', name))), name).toBe(true);
    }
  });

  it.skipIf(spawnSync('unzip', ['-v']).error !== undefined)(
    'makes an archive that unzip finds no fault with',
    async () => {
      await packageApp(options);

      expect(execFileSync('unzip', ['-tq', options.zipFile], { encoding: 'utf8' })).toContain(
        'No errors detected',
      );
    },
  );

  it('makes the same archive of the same files', async () => {
    await packageApp(options);
    const first = readFileSync(options.zipFile);
    await packageApp(options);

    expect(readFileSync(options.zipFile).equals(first)).toBe(true);
  });

  it('keeps host.json as it is for Azure Storage', async () => {
    await packageApp(options);

    expect(deployed('host.json')).toEqual(
      JSON.parse(readFileSync(join(projectRoot, 'host.json'), 'utf8')),
    );
  });

  it('turns host.json to Durable Task Scheduler, versions and limits kept', async () => {
    await packageApp({ ...options, backEnd: 'azureManaged' });
    const { durableTask, serviceBus } = deployed('host.json').extensions;

    expect(durableTask).toMatchObject({
      hubName: '%TASKHUB_NAME%',
      defaultVersion: '1',
      versionMatchStrategy: 'CurrentOrOlder',
      versionFailureStrategy: 'Reject',
      maxConcurrentActivityFunctions: 20,
      storageProvider: {
        type: 'azureManaged',
        connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
      },
    });
    expect(durableTask.storageProvider).not.toHaveProperty('maxQueuePollingInterval');
    expect(serviceBus.maxConcurrentCalls).toBe(16);
  });

  it('takes what an earlier package had away', async () => {
    mkdirSync(options.outDir);
    writeFileSync(join(options.outDir, 'old.txt'), 'old');
    await packageApp(options);

    expect(readdirSync(options.outDir)).not.toContain('old.txt');
  });

  it.each(['main.cjs', 'host.json', 'telemetry.cjs', 'web/index.html'])(
    'refuses an app that is built without %s',
    async (name) => {
      const appDir = join(folder, 'app');
      cpSync(builtApp, appDir, { recursive: true });
      rmSync(join(appDir, name));

      await expect(packageApp({ ...options, appDir })).rejects.toThrow(
        `not built as a whole: ${name} is missing`,
      );
    },
  );

  it('refuses to leave a file out that cannot be read', async () => {
    const appDir = join(folder, 'app');
    cpSync(builtApp, appDir, { recursive: true });
    // Leads nowhere.
    symlinkSync(join(folder, 'nowhere'), join(appDir, 'web/lost.js'));

    await expect(packageApp({ ...options, appDir })).rejects.toThrow(/ENOENT.*lost\.js/);
  });

  it('refuses a landscape that the app would not start with, before anything is deployed', async () => {
    writeFileSync(join(folder, 'landscape.json'), '{"pools": []}');

    await expect(packageApp(options)).rejects.toThrow(/landscape\.json' is wrong[\s\S]*pools/);
  });

  it('refuses a landscape whose application is yet to be made', async () => {
    const { application, ...rest } = JSON.parse(
      readFileSync(join(folder, 'landscape.json'), 'utf8'),
    );
    const clientId = '00000000-0000-0000-0000-000000000000';
    writeFileSync(
      join(folder, 'landscape.json'),
      JSON.stringify({ ...rest, application: { ...application, clientId } }),
    );

    await expect(packageApp(options)).rejects.toThrow(/Run vnetv setup/);
  });

  it('takes what concerns the local platform alone out of the landscape', async () => {
    const example = join(projectRoot, 'src/local/landscape/example-landscape.json');
    await packageApp({ ...options, landscapeFile: example });

    expect(deployed('landscape.json')).toHaveProperty('pools');
    expect(deployed('landscape.json')).not.toHaveProperty('emulatedAzure');
  });

  it('tells which secrets the landscape needs as app settings', async () => {
    const { notes } = await packageApp(options);

    expect(notes).toEqual([expect.stringMatching(/VNETV_CLIENT_SECRET.*keyVaultReferences/)]);
  });

  it('says how to name a landscape that is missing', async () => {
    await expect(
      packageApp({ ...options, landscapeFile: join(folder, 'none.json') }),
    ).rejects.toThrow(/name it with --landscape or VNETV_LANDSCAPE/);
  });

  it('refuses a package over the limit and says by how much', async () => {
    const { zipBytes } = await packageApp(options);

    await expect(packageApp({ ...options, limitBytes: zipBytes - 1 })).rejects.toThrow(
      `The package has ${zipBytes} bytes; the limit is ${zipBytes - 1} bytes`,
    );
  });

  it('asks for a build where there is none', async () => {
    await expect(packageApp({ ...options, appDir: folder })).rejects.toThrow('npm run build');
  });
});

/** Reads an archive by its directory, as unzip does. */
function unzipped(archive: Buffer): ReadonlyMap<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [packed, nameBytes] = [archive.readUInt32LE(at + 20), archive.readUInt16LE(at + 28)];
    const local = archive.readUInt32LE(at + 42);
    const name = archive.toString('utf8', at + 46, at + 46 + nameBytes);
    const start = local + 30 + archive.readUInt16LE(local + 26);
    files.set(name, inflateRawSync(archive.subarray(start, start + packed)));
    at += 46 + nameBytes;
  }
  return files;
}

describe('azure.yaml', () => {
  const text = readFileSync(join(projectRoot, 'azure.yaml'), 'utf8');

  it('deploys what npm run package makes, and has nothing built in Azure', () => {
    expect(text).toMatch(/^ {4}dist: dist\/package$/m);
    expect(text).toMatch(/^ {4}remoteBuild: false$/m);
    expect(text.match(/run: (.*)$/gm)).toEqual(Array(2).fill('run: npm run --silent package'));
  });

  it('goes with a .funcignore that does not name node_modules, which azd would take as a contradiction', () => {
    const lines = readFileSync(join(projectRoot, '.funcignore'), 'utf8').split('\n');

    expect(lines.filter((line) => !line.startsWith('#')).join()).not.toContain('node_modules');
  });
});
