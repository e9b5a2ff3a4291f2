import { Command, InvalidArgumentError } from 'commander';

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
}

export type AzureOptions = Omit<PlatformOptions, 'port' | 'amqpPort'>;

export function parsePlatformOptions(argv: readonly string[]): PlatformOptions {
  return baseCommand('npm start --', 'Runs the local platform until it is stopped.')
    .option('--port <number>', 'HTTP API; 0 = any free port', port, 7071)
    .option('--amqp-port <number>', 'Service Bus; 0 = any free port', port, 5672)
    .parse([...argv], { from: 'user' })
    .opts<PlatformOptions>();
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

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
  }
  return value;
}

function speed(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('The speed is a number above 0, such as 1 or 50.');
  }
  return value;
}
