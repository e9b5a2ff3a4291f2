import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why the Azure CLI cannot be tested on this machine; undefined where it can. */
export const missing = ['bash', 'az']
  .filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
  .map((name) => `${name} is not installed`)
  .at(0);

/** The shell blocks of docs/azure-cli.md, or of one of its chapters, in their order. */
export function blocksOfGuide(chapter?: string): string {
  const guide = readFileSync(resolve(import.meta.dirname, '../../docs/azure-cli.md'), 'utf8');
  const text =
    chapter === undefined
      ? guide
      : guide.split(/^## /m).find((part) => part.startsWith(`${chapter}\n`));
  if (text === undefined) throw new Error(`docs/azure-cli.md has no chapter ${chapter}.`);
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block).join('\n');
}

/** Runs commands in bash, in a folder that stands for the project's; answers what they printed. */
export async function bash(folder: string, commands: string): Promise<string> {
  const { stdout } = await run('bash', ['-c', `set -euo pipefail\n${commands}`], {
    cwd: folder,
    env: environment(folder),
  });
  return stdout;
}

/** The node of the tests comes first; no file outside the folder is read or written by `az`. */
function environment(folder: string): NodeJS.ProcessEnv {
  const { PYTHONPATH: _, ...others } = process.env;
  return { ...others, HOME: folder, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };
}

/** `az`, connected to the emulated Azure as the guide tells. */
export class AzureCli {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(folder: string, variables: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#environment = variables;
  }

  static async connect(folder: string): Promise<AzureCli> {
    await bash(folder, `${blocksOfGuide('Connect')}\nenv -0 > environment`);
    const variables = readFileSync(join(folder, 'environment'), 'utf8')
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => line.split(/=(.*)/s));
    return new AzureCli(folder, Object.fromEntries(variables));
  }

  /** What a program needs around it that asks `az` for tokens. */
  get environment(): NodeJS.ProcessEnv {
    return this.#environment;
  }

  /** @returns what the command answers; undefined when it answers nothing. */
  // biome-ignore lint/suspicious/noExplicitAny: wire JSON, looked at in assertions only
  async run(...options: readonly string[]): Promise<any> {
    const { stdout } = await run('az', [...options, '--output', 'json', '--only-show-errors'], {
      cwd: this.#folder,
      env: this.#environment,
    });
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  }

  /** `az rest` with a JSON body. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  rest(method: string, url: string, body?: unknown, ...options: readonly string[]): Promise<any> {
    const bodyOptions = body === undefined ? [] : ['--body', JSON.stringify(body)];
    return this.run('rest', '--method', method, '--url', url, ...bodyOptions, ...options);
  }

  /** Signs in as a service principal. */
  signIn(tenantId: string, clientId: string, clientSecret: string): Promise<unknown> {
    return this.run(
      ...['login', '--service-principal', '--tenant', tenantId],
      ...['--username', clientId, '--password', clientSecret],
    );
  }

  /** What `az role assignment create` would do, were it not broken in Debian's build of 2.45. */
  assignRole(roleId: string, principalId: string, scope: string): Promise<unknown> {
    const provider = 'providers/Microsoft.Authorization';
    const subscription = scope.split('/').slice(0, 3).join('/');
    const url = `${scope}/${provider}/roleAssignments/${randomUUID()}?api-version=2022-04-01`;
    const roleDefinitionId = `${subscription}/${provider}/roleDefinitions/${roleId}`;
    const properties = { roleDefinitionId, principalId, principalType: 'ServicePrincipal' };
    return this.rest('put', url, { properties });
  }
}
