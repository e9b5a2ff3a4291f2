import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const server = fileURLToPath(new URL('azurite-server.ts', import.meta.url));

/** Account and key that Azurite publishes; they open nothing else. */
const account = 'devstoreaccount1';
const key =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export interface Azurite {
  readonly connectionString: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Azurite's table service, in a process of its own, with nothing in it. */
export async function startAzurite(): Promise<Azurite> {
  const child = fork(server, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exit = once(child, 'exit');
  const [port] = (await Promise.race([
    once(child, 'message'),
    exit.then(() => {
      throw new Error('Azurite ended before it listened.');
    }),
  ])) as [number];
  return {
    port,
    connectionString: azuriteAt(port),
    close: async () => {
      child.kill();
      await exit;
    },
  };
}

/** The connection string of an Azurite, or of what stands before one, on a port of this machine. */
export const azuriteAt = (port: number): string =>
  `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};TableEndpoint=http://127.0.0.1:${port}/${account};`;
