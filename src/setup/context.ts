import type { Landscape, ManagedTenant } from '../model/landscape.ts';
import type { Administration, Endpoints, TenantName } from './administration.ts';
import type { Attempt } from './attempt.ts';
import { SetupError } from './setup-error.ts';

/** A client id that stands for an application which does not exist yet. */
export const noClientId = '00000000-0000-0000-0000-000000000000';

export interface SetupOptions {
  readonly landscape: Landscape;
  /** Prefixes of pools that are to be created, by alias. */
  readonly poolPrefixes: Readonly<Record<string, readonly string[]>>;
  readonly roles: 'custom' | 'built-in';
  /** Region of a resource group and network manager that are created; default: that of the first pool. */
  readonly location?: string | undefined;
  /** Aliases; only these managed tenants. */
  readonly tenants?: readonly string[] | undefined;
  /** Display name of an application that is created. */
  readonly applicationName: string;
  /** Display name of the registration that people sign in to, if there is to be one. */
  readonly signInApplication?: string | undefined;
  /** Where they come back to; known once the function app is there. */
  readonly redirectUri?: string | undefined;
  /** Object id of the user-assigned managed identity that the application is to trust. */
  readonly managedIdentity?: string | undefined;
  /** When undoing: also the resource group, if nothing is in it. */
  readonly deleteResourceGroup?: boolean | undefined;
}

/** What the steps share. */
export interface SetupContext extends SetupOptions {
  readonly administration: Administration;
  readonly endpoints: Endpoints;
  /** Writes the client id of an application that was created into the landscape; `noClientId` takes it out. */
  readonly keepClientId: (clientId: string) => Promise<void>;
  /**
   * What the application itself may do at a scope, asked with its own credential; undefined where that is not
   * at hand: then nobody can see whether a role counts already.
   */
  readonly permissionsOfApplication: (
    tenantId: string,
    scope: string,
  ) => Promise<readonly Permission[] | undefined>;
  readonly waiting: Waiting;
  /** To create the application, and the registration that people sign in to. */
  readonly attempt: Attempt;
  readonly signInAttempt: Attempt;
  /**
   * What directories have shown once, by what it is: replicas that are late may not show it the next time.
   * Absent when things are taken away, where it counts that they are gone.
   */
  readonly seen?: Map<string, unknown> | undefined;
  /** Filled by the steps; `noClientId` until the application is there. */
  readonly application: { clientId: string };
}

export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

/** How long something may take that Azure brings about by itself. */
export interface Waiting {
  sleep(milliseconds: number): Promise<void>;
  readonly pollSeconds: number;
  /** Until both sides of a connection are Connected. */
  readonly connectionSeconds: number;
  /** Until directory and Resource Manager know what was just made, and pools are as they were asked for. */
  readonly replicationSeconds: number;
  /** Until a role counts: documented as up to 10 minutes. */
  readonly propagationSeconds: number;
}

export const managementTenantOf = ({ landscape }: SetupOptions): TenantName => ({
  tenantId: landscape.managementTenant.tenantId,
  name: 'management tenant',
  subscriptionId: landscape.managementTenant.subscriptionId,
});

/** The tenant where the application is at home: the management tenant, a managed one, or one of its own. */
export function homeTenantOf(options: SetupOptions): TenantName {
  const { application, managementTenant, managedTenants } = options.landscape;
  const { homeTenantId } = application;
  if (homeTenantId === managementTenant.tenantId) return managementTenantOf(options);
  const managed = managedTenants.find(({ tenantId }) => tenantId === homeTenantId);
  return managed ? managedTenantNameOf(managed) : { tenantId: homeTenantId, name: 'home tenant' };
}

export const managedTenantNameOf = ({
  alias,
  tenantId,
  subscriptions,
}: ManagedTenant): TenantName => ({
  tenantId,
  name: `tenant ${alias}`,
  subscriptionId: subscriptions[0]?.subscriptionId,
});

/** Looks again and again until it is so. @throws what `late` makes when the time is over */
export async function waitUntil(
  { sleep, pollSeconds }: Waiting,
  seconds: number,
  isSo: () => Promise<boolean>,
  late: () => SetupError,
): Promise<void> {
  for (let waited = 0; ; waited += pollSeconds) {
    if (await isSo()) return;
    if (waited >= seconds) throw late();
    await sleep(pollSeconds * 1000);
  }
}

/** Tries again while Azure's parts do not know yet what another part has just made. */
export async function retryWhile(
  { sleep, pollSeconds, replicationSeconds }: Waiting,
  isPassing: (error: unknown) => boolean,
  attempt: () => Promise<void>,
): Promise<void> {
  for (let waited = 0; ; waited += pollSeconds) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!isPassing(error) || waited >= replicationSeconds) throw error;
      await sleep(pollSeconds * 1000);
    }
  }
}

export const saysCode =
  (...codes: readonly string[]) =>
  (error: unknown): boolean =>
    error instanceof SetupError && codes.some((code) => error.why?.includes(code) === true);
