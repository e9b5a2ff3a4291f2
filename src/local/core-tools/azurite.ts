import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Account and key that Azurite publishes; they open nothing else. */
const account = 'devstoreaccount1';
const key =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const longestStartMs = 30_000;

export interface AzuritePorts {
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
}

export interface AzuriteProcess {
  readonly connectionString: string;
  close(): Promise<void>;
}

export function azuriteConnection({ blob, queue, table }: AzuritePorts): string {
  const endpoint = (name: string, port: number) =>
    `${name}Endpoint=http://127.0.0.1:${port}/${account};`;
  return (
    `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};` +
    endpoint('Blob', blob) +
    endpoint('Queue', queue) +
    endpoint('Table', table)
  );
}

/** Starts Azurite from its npm package, with its data in a folder. */
export async function startAzurite(folder: string, ports: AzuritePorts): Promise<AzuriteProcess> {
  const program = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js');
  const child = spawn(
    process.execPath,
    [
      ...[program, '--silent', '--skipApiVersionCheck', '--disableTelemetry'],
      ...['--location', folder],
      ...['--blobHost', '127.0.0.1', '--blobPort', String(ports.blob)],
      ...['--queueHost', '127.0.0.1', '--queuePort', String(ports.queue)],
      ...['--tableHost', '127.0.0.1', '--tablePort', String(ports.table)],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    await Promise.all(Object.values(ports).map((port) => untilListening(child, port)));
  } catch (error) {
    child.kill();
    throw error;
  }
  return {
    connectionString: azuriteConnection(ports),
    close: async () => {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + longestStartMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) {
      throw new Error(`Azurite ended with ${child.exitCode}: perhaps port ${port} is in use.`);
    }
    if (await accepts(port)) return;
    await sleep(100);
  }
  throw new Error(`Azurite does not listen on port ${port}.`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const say = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => say(true)).once('error', () => say(false));
  });
}
