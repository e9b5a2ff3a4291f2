import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { CloudName } from '../azure/clouds.ts';
import type { AppRole } from '../model/api/callers.ts';
import type { Landscape } from '../model/landscape.ts';
import type { AzureSeed } from './azure/seed.ts';

interface ServicePrincipalSecret {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** How to reach the emulated Azure. */
export interface AzureEndpoints {
  readonly resourceManager: string;
  readonly authority: string;
  readonly graph: string;
  readonly caFile: string;
  readonly control: string;
}

/** What `npm run azure` tells: the parts of the contract that apply to the emulated Azure alone. */
export interface AzureReady {
  readonly azure: AzureEndpoints;
  readonly landscape: {
    readonly managementTenantId: string;
    readonly managementSubscriptionId: string;
    readonly managedTenants: readonly {
      readonly alias: string;
      readonly tenantId: string;
      readonly subscriptionId: string;
      readonly resourceGroup: string;
    }[];
    readonly pools: readonly { readonly alias: string; readonly id: string }[];
  };
  /** The workflow's own applications, by home tenant. */
  readonly applications: readonly ServicePrincipalSecret[];
  /** One a tenant, with Owner on its subscriptions and application administrator in its directory. */
  readonly administrators: readonly ServicePrincipalSecret[];
  readonly pid: number;
}

/** What the local platform tells whatever Azure stands behind it. */
export interface PartsReady {
  readonly api: string;
  /** Where people sign in, and what the command line asks for a session. */
  readonly signIn: string;
  /** Who may sign in. */
  readonly people: readonly {
    readonly key: string;
    readonly name: string;
    readonly objectId: string;
    readonly tenantId: string;
    readonly roles: readonly AppRole[];
  }[];
  readonly serviceBus: string;
  readonly queues: {
    readonly requests: string;
    readonly rejected: string;
    readonly failedCallbacks: string;
  };
  readonly topics: { readonly events: string };
  /** A subscription of each topic that gets everything. */
  readonly subscriptions: { readonly events: string };
  readonly pid: number;
}

/** What `npm start` tells (design, "The local platform's contract"). */
export interface PlatformReady extends PartsReady, AzureReady {
  /** An application with the role Vnet.Request: what asks for tokens of `api://vnet-vending`. */
  readonly ticketSystem: ServicePrincipalSecret;
}

/** What `npm start -- --cloud` tells: of the real Azure nothing is given away but where it is. */
export interface RealAzureReady extends PartsReady {
  readonly azure: {
    readonly cloud: CloudName;
    readonly resourceManager: string;
    readonly authority: string;
  };
  readonly landscape: AzureReady['landscape'];
}

/** The part of the ready file that a landscape and its seed tell. */
export function describeLandscape(
  landscape: Landscape,
  seed: AzureSeed,
): Pick<AzureReady, 'landscape' | 'applications' | 'administrators'> {
  const { managementTenant, managedTenants, pools } = landscape;
  return {
    landscape: {
      managementTenantId: managementTenant.tenantId,
      managementSubscriptionId: managementTenant.subscriptionId,
      managedTenants: managedTenants.map(({ alias, tenantId, subscriptions }) => {
        const seeded = seed.tenants.find((tenant) => tenant.tenantId === tenantId);
        return {
          alias,
          tenantId,
          subscriptionId: subscriptions[0]?.subscriptionId ?? '',
          resourceGroup: seeded?.subscriptions[0]?.resourceGroups[0]?.name ?? '',
        };
      }),
      pools: pools.map(({ alias, id }) => ({ alias, id })),
    },
    applications: seed.applications
      .filter(({ clientId }) => clientId === landscape.application.clientId)
      .map(secretOf),
    administrators: seed.tenants.map(({ tenantId, administrator }) => ({
      tenantId,
      clientId: administrator.clientId,
      clientSecret: administrator.clientSecret,
    })),
  };
}

/** How an application signs in at its home tenant. */
export function secretOf(
  application: Pick<
    AzureSeed['applications'][number],
    'homeTenantId' | 'clientId' | 'clientSecret'
  >,
): ServicePrincipalSecret {
  const { homeTenantId, clientId, clientSecret } = application;
  return { tenantId: homeTenantId, clientId, clientSecret };
}

/** Writes the file in one step, so that whoever waits for it never reads half of it. */
export function writeReadyFile(file: string, ready: AzureReady | PartsReady): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify(ready, null, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    throw new Error(
      `The ready file cannot be written: ${(error as Error).message}. Name a file in a folder that is there with --ready-file.`,
      { cause: error },
    );
  }
}

/**
 * Removes what a process that no longer runs left behind: whoever waits for the file must not take the
 * addresses of an earlier start for those of this one.
 */
export function removeStaleReadyFile(file: string): void {
  if (!isOfRunningProcess(file)) rmSync(file, { force: true });
}

function isOfRunningProcess(file: string): boolean {
  try {
    const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number };
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
