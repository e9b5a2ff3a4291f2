import { Command, InvalidArgumentError } from 'commander';
import type { CloudName } from '../azure/clouds.ts';
import { cloudNamed, realAzureOf } from './real-azure-options.ts';

/** The flags of the local platform's contract (design, "The local platform's contract"). */
export interface PlatformOptions {
  readonly port: number;
  readonly amqpPort: number;
  readonly azurePort: number;
  /** Data folder. */
  readonly data: string;
  readonly landscape?: string;
  readonly speed: number;
  readonly readyFile?: string;
  /** Work on the real Azure of this cloud. */
  readonly cloud?: CloudName;
  /** Endpoints that stand for those of the cloud. */
  readonly authority?: string;
  readonly resourceManager?: string;
  /** Who may sign in before the real Azure. */
  readonly people?: string;
}

/** Flags that say something about the emulated Azure alone. */
const ofEmulatedAzure = ['azurePort', 'speed'] as const;
/** Flags that say something about the real Azure alone. */
const ofRealAzure = ['people'] as const;

export type AzureOptions = Pick<
  PlatformOptions,
  'azurePort' | 'data' | 'landscape' | 'speed' | 'readyFile'
>;

/** @throws where flags contradict one another */
export function parsePlatformOptions(argv: readonly string[]): PlatformOptions {
  const command = baseCommand('npm start --', 'Runs the local platform until it is stopped.')
    .option('--port <number>', 'HTTP API; 0 = any free port', port, 7071)
    .option('--amqp-port <number>', 'Service Bus; 0 = any free port', port, 5672)
    .option('--cloud <name>', 'real Azure: public (or azure), usgovernment, china', cloud)
    .option('--authority <url>', 'real Azure: Entra ID at an address of its own')
    .option('--resource-manager <url>', 'real Azure: Resource Manager at an address of its own')
    .option('--people <file>', 'real Azure: who may sign in at the page and the API (JSON)')
    .parse([...argv], { from: 'user' });
  const options = command.opts<PlatformOptions>();
  const isReal = realAzureOf(options) !== undefined;
  for (const flag of isReal ? ofEmulatedAzure : ofRealAzure) {
    if (command.getOptionValueSource(flag) !== 'cli') continue;
    const name = `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new Error(
      isReal
        ? `${name} is about the emulated Azure, which does not run before the real one. Leave it out.`
        : `${name} is about the real Azure: give --cloud as well, or leave it out.`,
    );
  }
  if (isReal && options.landscape === undefined) {
    throw new Error(
      'The built-in example has tenants that there are not. Name your own landscape with --landscape FILE (docs/one-machine.md).',
    );
  }
  return options;
}

export function parseAzureOptions(argv: readonly string[]): AzureOptions {
  return baseCommand('npm run azure --', 'Runs the emulated Azure alone until it is stopped.')
    .parse([...argv], { from: 'user' })
    .opts<AzureOptions>();
}

function baseCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--azure-port <number>', 'emulated Azure, https; 0 = any free port', port, 8443)
    .option('--data <dir>', 'databases, CA certificate, logs', '.local')
    .option('--landscape <file>', 'tenants, pools, policy (JSON); default: the built-in example')
    .option('--speed <n>', 'divides the latencies and Retry-After of the emulated Azure', speed, 1)
    .option('--ready-file <file>', 'written once everything answers');
}

function cloud(text: string): CloudName {
  try {
    return cloudNamed(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

export function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
  }
  return value;
}

export function speed(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('The speed is a number above 0, such as 1 or 50.');
  }
  return value;
}
