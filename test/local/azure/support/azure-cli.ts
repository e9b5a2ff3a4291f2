import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EmulatedAzure } from '../../../../src/local/azure/server.ts';

export const hasAzureCli = spawnSync('az', ['--version'], { stdio: 'ignore' }).status === 0;

/**
 * Versions before 2.48 ask Microsoft's public instance discovery about every authority they do not
 * know; this makes them know the emulated one. Newer ones have `core.instance_discovery`.
 */
const knownAuthority = `import msal.application
import msal.authority

msal.authority.WELL_KNOWN_AUTHORITY_HOSTS.add('localhost')
msal.application.ClientApplication._get_authority_aliases = lambda self, instance: []
`;

/** The Azure CLI with a profile of its own, set to the emulated Azure as its cloud. */
export async function azureCli(
  azure: EmulatedAzure,
): Promise<(...args: string[]) => Promise<unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'az-'));
  mkdirSync(join(folder, 'python'));
  writeFileSync(join(folder, 'python', 'sitecustomize.py'), knownAuthority);
  const cloud = join(folder, 'cloud.json');
  const endpoints = {
    resourceManager: azure.resourceManager,
    management: `${azure.resourceManager}/`,
    activeDirectory: azure.authority,
    activeDirectoryResourceId: 'https://management.azure.com/',
    microsoftGraphResourceId: `${azure.graph}/`,
    activeDirectoryGraphResourceId: `${azure.graph}/`,
  };
  writeFileSync(cloud, JSON.stringify({ endpoints }));
  const env = {
    ...process.env,
    AZURE_CONFIG_DIR: join(folder, 'config'),
    AZURE_CORE_COLLECT_TELEMETRY: 'false',
    AZURE_CORE_ONLY_SHOW_ERRORS: 'true',
    AZURE_CORE_INSTANCE_DISCOVERY: 'false',
    PYTHONPATH: join(folder, 'python'),
    REQUESTS_CA_BUNDLE: azure.caFile,
  };
  const az = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await promisify(execFile)('az', [...args, '--output', 'json'], { env });
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  };
  await az('cloud', 'register', '--name', 'Emulated', '--cloud-config', `@${cloud}`);
  await az('cloud', 'set', '--name', 'Emulated');
  return az;
}
