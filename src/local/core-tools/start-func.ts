import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadSigningKey } from '../azure/entra/signing-key.ts';
import { startBroker } from '../broker/broker.ts';
import { SystemClock } from '../clock.ts';
import { EasyAuth } from '../easy-auth/easy-auth.ts';
import { loadSessionKey } from '../easy-auth/sessions.ts';
import { startAzureOf } from '../emulated-azure.ts';
import type { LandscapeFile } from '../landscape/landscape-file.ts';
import {
  brokerEntities,
  builtApp,
  settingsOfEmulated,
  tenantNames,
  withEmulatedCredential,
} from '../platform.ts';
import { type AzuritePorts, startAzurite } from './azurite.ts';
import { makeFuncApp } from './func-app.ts';
import { startSignInProxy } from './sign-in-proxy.ts';

export interface FuncOptions {
  readonly landscapeFile: LandscapeFile;
  readonly dataDirectory: string;
  readonly speed: number;
  readonly ports: {
    /** Page and API, behind the sign-in. */
    readonly api: number;
    /** The host itself. */
    readonly func: number;
    readonly amqp: number;
    readonly azure: number;
    readonly storage: AzuritePorts;
  };
  /** Of a namespace, or of Microsoft's emulator, with the entities in it; default: the broker of this project. */
  readonly serviceBus?: string;
  readonly environment: NodeJS.ProcessEnv;
}

export interface RunningFunc {
  readonly url: string;
  /** Settled when Core Tools end. */
  readonly ended: Promise<number | null>;
  close(): Promise<void>;
}

/**
 * Runs the built app under the real Functions host (Azure Functions Core Tools), before the emulated Azure:
 * Azurite for host and ledger, Service Bus, and a sign-in in front of it.
 */
export async function startFunc(options: FuncOptions): Promise<RunningFunc> {
  if (!existsSync(builtApp)) {
    throw new Error(`The function app is not built (${builtApp}). Run: npm run build`);
  }
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  try {
    const { landscapeFile, dataDirectory, ports, speed } = options;
    const clock = new SystemClock();
    const log = (message: string) => console.error(message);
    const azure = await startAzureOf({
      landscapeFile,
      dataDirectory,
      port: ports.azure,
      speed,
      clock,
      log,
    });
    closers.push(azure.close);
    const storage = await startAzurite(join(dataDirectory, 'azurite'), ports.storage);
    closers.push(storage.close);
    let serviceBus = options.serviceBus;
    if (serviceBus === undefined) {
      const databaseFile = join(dataDirectory, 'service-bus.db');
      const port = ports.amqp;
      const broker = await startBroker({
        clock,
        databaseFile,
        port,
        entities: brokerEntities,
        log,
      });
      closers.push(() => broker.close());
      serviceBus = broker.connectionString;
    }

    const principalKey = randomBytes(32).toString('base64url');
    const front = new EasyAuth({
      people: landscapeFile.emulatedAzure.localPeople,
      tenantName: tenantNames(landscapeFile.landscape),
      sessionKey: loadSessionKey(join(dataDirectory, 'sign-in.key')),
      signingKey: await loadSigningKey(azure.azure.services.store),
      principalKey,
    });
    const proxy = await startSignInProxy(front, { listen: ports.api, host: ports.func });
    closers.push(proxy.close);

    const folder = join(dataDirectory, 'func-app');
    makeFuncApp({
      appDir: dirname(builtApp),
      outDir: folder,
      landscape: withEmulatedCredential(landscapeFile.landscape),
      storage: storage.connectionString,
      serviceBus,
      principalKey,
      pageUrl: proxy.url,
      azureSettings: settingsOfEmulated(azure.ready),
    });
    const func = spawn('func', ['start', '--port', String(ports.func)], {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit'],
      // The worker inherits it; the emulated Azure has a certificate of its own.
      env: { ...options.environment, NODE_EXTRA_CA_CERTS: azure.ready.azure.caFile },
    });
    const ended = once(func, 'exit').then(([code]) => code as number | null);
    closers.push(async () => {
      func.kill('SIGINT');
      await ended;
    });
    return { url: proxy.url, ended, close };
  } catch (error) {
    await close();
    throw error;
  }
}
