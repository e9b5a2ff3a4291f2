import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import type { Clock } from '../clock.ts';
import type { AzureServices } from './contracts.ts';
import { controlApi } from './control/control-api.ts';
import { FaultList } from './control/faults.ts';
import { RequestLog } from './control/request-log.ts';
import { coreOperations } from './core/core-operations.ts';
import { endDueDeletions } from './core/resource-group-deletion.ts';
import { DocumentStore } from './document-store.ts';
import { EntraService, isEntraPath, tenantOfEntraPath } from './entra/entra-service.ts';
import { loadSigningKey } from './entra/signing-key.ts';
import { claimedTenant } from './entra/tokens.ts';
import { carryOut, dropped, type Exchange, type Service } from './exchange.ts';
import { ArmGateway } from './gateway/arm-gateway.ts';
import { auxiliaryTokens, bearerToken } from './gateway/identity.ts';
import { GraphService } from './graph/graph-service.ts';
import { networkOperations, seedNetwork } from './network/network-operations.ts';
import type { AzureSeed } from './seed.ts';
import { seedDirectory } from './seed-directory.ts';
import { defaultSwitches, type Switches } from './switches.ts';
import { serverCertificate } from './tls/certificates.ts';

export interface EmulatedAzureOptions {
  readonly clock: Clock;
  /** SQLite file, or `:memory:`. */
  readonly databaseFile: string;
  /** Where `ca.pem` and the keys are; made on the first start, used again later. */
  readonly certificateDirectory: string;
  /** 0: any free port. */
  readonly port: number;
  /** Latencies, durations of operations and Retry-After are divided by this. */
  readonly speed: number;
  /** What a new store begins with. */
  readonly seed: AzureSeed;
  readonly switches?: Partial<Switches>;
  /** Told about defects; nothing unless given. */
  readonly log?: (message: string) => void;
}

export interface EmulatedAzure {
  readonly port: number;
  /** `https://localhost:PORT`. */
  readonly origin: string;
  /** PEM file of the CA that clients have to trust. */
  readonly caFile: string;
  readonly resourceManager: string;
  readonly authority: string;
  readonly graph: string;
  readonly control: string;
  readonly services: AzureServices;
  close(): Promise<void>;
}

/** Starts Entra ID, Microsoft Graph, Azure Resource Manager and the control API on one https port. */
export async function startEmulatedAzure(options: EmulatedAzureOptions): Promise<EmulatedAzure> {
  const certificate = await serverCertificate(options.certificateDirectory);
  const store = new DocumentStore(options.databaseFile);
  const switches = { ...defaultSwitches, ...options.switches };
  const services: AzureServices = { clock: options.clock, store, switches, speed: options.speed };
  if (store.list('tenants').length === 0) {
    store.transaction(() => {
      seedDirectory(services, options.seed);
      seedNetwork(services, options.seed);
    });
  }
  const app = await application(services, switches, options.log ?? (() => {}));
  // Clients wait longer than Node's 5 s between two polls, and may then write to a closed connection.
  const keepAliveTimeout = 120_000;
  const tls = { cert: certificate.certificate, key: certificate.privateKey, keepAliveTimeout };
  const listener = getRequestListener(app.fetch);
  const { servers, port } = await listen(() => createServer(tls, listener), options.port);
  const origin = `https://localhost:${port}`;
  return {
    port,
    origin,
    caFile: certificate.caFile,
    resourceManager: origin,
    authority: origin,
    graph: `${origin}/graph`,
    control: `${origin}/_control`,
    services,
    close: async () => {
      await Promise.all(servers.map(close));
      store.close();
    },
  };
}

async function application(
  services: AzureServices,
  switches: { -readonly [Name in keyof Switches]: Switches[Name] },
  log: (message: string) => void,
): Promise<Hono<{ Bindings: HttpBindings }>> {
  const signingKey = await loadSigningKey(services.store);
  const beforeEach = () => endDueDeletions(services);
  const entra = new EntraService(services, signingKey);
  const graph = new GraphService(services, signingKey);
  const operations = [...coreOperations, ...networkOperations];
  const arm = new ArmGateway({ services, signingKey, operations, beforeEach, log });
  const faults = new FaultList();
  const requestLog = new RequestLog();
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.route('/_control', controlApi({ services, switches, faults, log: requestLog, beforeEach }));
  app.all('*', async (context) => {
    const { exchange, service } = exchangeOf(context, { entra, graph, arm });
    const options = { faults, log: requestLog };
    const response = await carryOut(exchange, service, options);
    if (response !== dropped) return response;
    context.env.incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  });
  app.onError((error, context) => {
    log(`${context.req.method} ${context.req.path} failed: ${error.stack ?? error.message}`);
    return context.json({ error: 'The emulated Azure failed; its log tells why.' }, 500);
  });
  return app;
}

function exchangeOf(
  context: Context<{ Bindings: HttpBindings }>,
  services: { readonly entra: Service; readonly graph: Service; readonly arm: Service },
): { readonly exchange: Exchange; readonly service: Service } {
  const request = context.req.raw;
  const url = new URL(request.url);
  const path = url.pathname;
  const name = isEntraPath(path) ? 'entra' : /^\/graph(\/|$)/i.test(path) ? 'graph' : 'arm';
  const tokens = auxiliaryTokens(request.headers.get('x-ms-authorization-auxiliary'));
  const exchange: Exchange = {
    service: name,
    request,
    url,
    path,
    method: request.method,
    origin: `https://${request.headers.get('host') ?? url.host}`,
    tenant:
      name === 'entra'
        ? tenantOfEntraPath(path)
        : claimedTenant(bearerToken(request.headers.get('authorization'))),
    auxiliaryTenants: tokens.flatMap((token) => claimedTenant(token) ?? []),
    demanded: [],
    untilClosed: () =>
      new Promise((resolve) => {
        const { socket } = context.env.incoming;
        if (socket.destroyed) resolve();
        else socket.once('close', () => resolve());
      }),
  };
  return { exchange, service: services[name] };
}

const portAttempts = 20;

/** `localhost` is ::1 for some clients and 127.0.0.1 for others: one server on each, on the same port. */
async function listen(
  makeServer: () => Server,
  wantedPort: number,
): Promise<{ readonly servers: readonly Server[]; readonly port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const ipv4 = await listenOn(makeServer(), '127.0.0.1', wantedPort);
    const { port } = ipv4.address() as AddressInfo;
    try {
      return { servers: [ipv4, await listenOn(makeServer(), '::1', port)], port };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A machine without IPv6 does with IPv4.
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') {
        return { servers: [ipv4], port };
      }
      await close(ipv4);
      if (wantedPort !== 0 || code !== 'EADDRINUSE' || attempt === portAttempts) throw error;
    }
  }
}

function listenOn(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
