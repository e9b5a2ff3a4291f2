import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Landscape } from '../model/landscape.ts';
import { loadSigningKey, type SigningKey } from './azure/entra/signing-key.ts';
import type { EmulatedAzure } from './azure/server.ts';
import type { Switches } from './azure/switches.ts';
import { type Broker, startBroker } from './broker/broker.ts';
import type { Clock } from './clock.ts';
import { SystemClock } from './clock.ts';
import { makeDataFolder } from './data-folder.ts';
import { EasyAuth } from './easy-auth/easy-auth.ts';
import { loadSessionKey } from './easy-auth/sessions.ts';
import { describePerson } from './easy-auth/sign-in.ts';
import { type StartedAzure, startAzureOf } from './emulated-azure.ts';
import { type Host, type HostOptions, startHost } from './host/host.ts';
import { type HostLogEntry, logLine } from './host/log.ts';
import type { LandscapeFile } from './landscape/landscape-file.ts';
import type { LocalPerson } from './landscape/local-person.ts';
import { ticketSystemOf } from './landscape/seed-from-landscape.ts';
import { type AzureReady, type PartsReady, type PlatformReady, secretOf } from './ready-file.ts';
import type { Access } from './real-azure-access.ts';
import { trustCertificateAuthority } from './trust.ts';

const queues = {
  requests: 'vnet-requests',
  rejected: 'vnet-requests-rejected',
  failedCallbacks: 'vnet-callbacks-failed',
} as const;
const topics = { events: 'vnet-events' } as const;
const subscriptions = { events: 'all' } as const;
const dayInSeconds = 24 * 3600;

/** The entities as infra declares them for Azure (service-bus 14). */
export const brokerEntities = {
  queues: [
    {
      name: queues.requests,
      lockDurationSeconds: 60,
      maxDeliveryCount: 10,
      duplicateDetectionWindowSeconds: 600,
    },
    {
      name: queues.rejected,
      lockDurationSeconds: 60,
      duplicateDetectionWindowSeconds: dayInSeconds,
    },
    {
      name: queues.failedCallbacks,
      lockDurationSeconds: 60,
      duplicateDetectionWindowSeconds: dayInSeconds,
    },
  ],
  topics: [
    {
      name: topics.events,
      duplicateDetectionWindowSeconds: dayInSeconds,
      subscriptions: [
        { name: subscriptions.events, maxDeliveryCount: 2000 },
        { name: 'callbacks' },
      ],
    },
  ],
} as const;

/** The built function app, made by `npm run build`. */
export const builtApp = fileURLToPath(new URL('../../dist/app/main.cjs', import.meta.url));
const hostJsonFile = fileURLToPath(new URL('../../host.json', import.meta.url));

/** What starting needs, whatever Azure stands behind it. */
export interface PartOptions {
  readonly dataDirectory: string;
  readonly clock?: Clock;
  /** App settings beside those that the platform makes. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Testing modes of the durable engine. */
  readonly testing?: Partial<HostOptions>;
}

export interface StartOptions extends PartOptions {
  readonly landscapeFile: LandscapeFile;
  readonly speed: number;
  /** 0 = any free port. */
  readonly ports: { readonly api: number; readonly amqp: number; readonly azure: number };
  readonly switches?: Partial<Switches>;
}

/** The parts that are the same whatever Azure stands behind them. */
export interface Parts {
  readonly ready: PartsReady;
  readonly broker: Broker;
  readonly host: Host;
  readonly ledgerFile: string;
  close(): Promise<void>;
}

export interface Platform extends Parts {
  readonly ready: PlatformReady;
  readonly azure: EmulatedAzure;
}

/** Azure, as the platform found or made it. */
export interface AzureBehind {
  /** As the app is to read it. */
  readonly landscape: Landscape;
  /** App settings: endpoints and credentials. */
  readonly settings: Readonly<Record<string, string>>;
  /** Who may sign in. */
  readonly people: readonly LocalPerson[];
  /** Of the Entra ID whose access tokens are believed, if any are. */
  readonly signingKey: SigningKey | undefined;
  /** What guards sign-in and Service Bus; without it only that they are on this machine. */
  readonly access?: Access;
  close(): Promise<void>;
}

type WriteLog = (entry: HostLogEntry) => void;

/**
 * Starts everything on this machine: emulated Azure, Service Bus, Functions host with the built app.
 * Each part keeps its state in a file of its own in the data folder, so that a second start on the
 * same folder goes on where the first one stopped, however it stopped.
 */
export async function startPlatform(options: StartOptions): Promise<Platform> {
  const { dataDirectory, landscapeFile, ports, speed } = options;
  const { landscape, emulatedAzure } = landscapeFile;
  const clock = options.clock ?? new SystemClock();
  let started: StartedAzure | undefined;
  const parts = await startParts({ ...options, clock, ports }, async (write) => {
    started = await startAzureOf({
      landscapeFile,
      dataDirectory,
      port: ports.azure,
      speed,
      clock,
      log: (message) => write({ level: 'information', category: 'azure', message }),
      ...(options.switches === undefined ? {} : { switches: options.switches }),
    });
    trustCertificateAuthority(started.azure.caFile);
    return {
      landscape: withEmulatedCredential(landscape),
      settings: settingsOfEmulated(started.ready),
      people: emulatedAzure.localPeople,
      signingKey: await loadSigningKey(started.azure.services.store),
      close: started.close,
    };
  });
  if (!started) throw new Error('The emulated Azure did not start.');
  const { azure, ready } = started;
  const ticketSystem = secretOf(ticketSystemOf(landscape));
  return { ...parts, azure, ready: { ...parts.ready, ticketSystem, ...ready } };
}

/** Starts Service Bus and the Functions host with the built app, before some Azure. */
export async function startParts(
  options: PartOptions & { readonly ports: { readonly api: number; readonly amqp: number } },
  findAzure: (write: WriteLog) => Promise<AzureBehind>,
): Promise<Parts> {
  if (!existsSync(builtApp)) {
    throw new Error(`The function app is not built (${builtApp}). Run: npm run build`);
  }
  const { dataDirectory, ports, testing } = options;
  const clock = options.clock ?? new SystemClock();
  makeDataFolder(dataDirectory);
  const log = createWriteStream(join(dataDirectory, 'platform.log'), { flags: 'a' });
  const write: WriteLog = (entry) =>
    void log.write(logLine(new Date(clock.now()).toISOString(), entry));
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
    await new Promise((resolve) => log.end(resolve));
  };
  try {
    const azure = await findAzure(write);
    closers.push(() => azure.close());

    const broker = await startBroker({
      clock,
      databaseFile: join(dataDirectory, 'service-bus.db'),
      port: ports.amqp,
      entities: brokerEntities,
      ...(azure.access === undefined ? {} : { sharedAccessKey: azure.access.sharedAccessKey }),
      log: (message) => write({ level: 'information', category: 'broker', message }),
    });
    closers.push(() => broker.close());

    const ledgerFile = join(dataDirectory, 'ledger.db');
    const principalKey = randomBytes(32).toString('base64url');
    const host = await startHost({
      clock,
      databaseFile: join(dataDirectory, 'durable.db'),
      port: ports.api,
      appFile: builtApp,
      hostJson: JSON.parse(readFileSync(hostJsonFile, 'utf8')),
      settings: {
        ...settingsOf({ ...options, azure, serviceBus: broker.connectionString, ledgerFile }),
        VNETV_LOCAL_PRINCIPAL_KEY: principalKey,
      },
      httpFront: signInOf(azure, dataDirectory, principalKey),
      log: write,
      ...testing,
    });
    closers.push(() => host.close());
    return {
      broker,
      host,
      ledgerFile,
      close,
      ready: {
        api: host.baseUrl,
        signIn: `${host.baseUrl}/.auth/login/local`,
        people: azure.people.map(describePerson),
        serviceBus: broker.connectionString,
        queues,
        topics,
        subscriptions,
        pid: process.pid,
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function signInOf(
  { people, signingKey, landscape, access }: AzureBehind,
  dataDirectory: string,
  principalKey: string,
): EasyAuth {
  return new EasyAuth({
    people,
    codeOf: access?.codeOf,
    tenantName: tenantNames(landscape),
    sessionKey: loadSessionKey(join(dataDirectory, 'sign-in.key')),
    signingKey,
    principalKey,
  });
}

export const tenantsOf = ({ managementTenant, managedTenants }: Landscape): readonly string[] => [
  managementTenant.tenantId,
  ...managedTenants.map(({ tenantId }) => tenantId),
];

export function tenantNames({
  managementTenant,
  managedTenants,
}: Landscape): (id: string) => string {
  return (id) =>
    id === managementTenant.tenantId
      ? 'management tenant'
      : (managedTenants.find(({ tenantId }) => tenantId === id)?.alias ?? id);
}

/**
 * No request of the app needs more than 64 KiB. The host reads a body before the app can refuse its
 * sender, so its own limit of 100 MiB would let anybody fill the memory.
 */
export const mostBodyBytes = 1024 * 1024;

/** The app settings, as infra sets them for Azure. */
function settingsOf({
  azure: { landscape, settings: azureSettings },
  serviceBus,
  ledgerFile,
  dataDirectory,
  ports,
  settings,
}: PartOptions & {
  readonly azure: AzureBehind;
  readonly serviceBus: string;
  readonly ledgerFile: string;
  readonly ports: { readonly api: number };
}): Record<string, string> {
  const landscapeFile = join(dataDirectory, 'landscape.json');
  writeFileSync(landscapeFile, JSON.stringify(landscape, null, 2));
  return {
    ServiceBusConnection: serviceBus,
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: String(mostBodyBytes),
    VNETV_LANDSCAPE_FILE: landscapeFile,
    // A ledger in a table takes the place of the file.
    ...(settings?.['VNETV_LEDGER_TABLE_CONNECTION'] ? {} : { VNETV_LEDGER_FILE: ledgerFile }),
    // Only people whom the platform was told of can sign in.
    VNETV_ALLOWED_TENANTS: tenantsOf(landscape).join(','),
    // Of a port that is yet to be found nobody knows the address: then events lead to no page.
    ...(ports.api === 0 ? {} : { VNETV_PAGE_URL: `http://127.0.0.1:${ports.api}` }),
    ...azureSettings,
    ...settings,
  };
}

export const settingsOfEmulated = ({
  azure,
  applications,
}: AzureReady): Record<string, string> => ({
  VNETV_RESOURCE_MANAGER: azure.resourceManager,
  VNETV_AUTHORITY: azure.authority,
  VNETV_DISABLE_INSTANCE_DISCOVERY: 'true',
  [emulatedSecretSetting]: applications[0]?.clientSecret ?? '',
});

const emulatedSecretSetting = 'VNETV_CLIENT_SECRET';

/**
 * The emulated Azure knows one secret of the application and no other credential: with that, a landscape
 * made for the real Azure runs here unchanged.
 */
export function withEmulatedCredential({
  application,
  managementTenant: { credential: _, ...managementTenant },
  managedTenants,
  ...landscape
}: Landscape): Landscape {
  return {
    ...landscape,
    managementTenant,
    managedTenants: managedTenants.map(({ credential: __, ...tenant }) => tenant),
    application: {
      ...application,
      credential: { type: 'clientSecret', setting: emulatedSecretSetting },
    },
  };
}
