import { z } from 'zod';
import { sameId } from '../azure/arm-ids.ts';
import type { ManagedTenant } from '../model/landscape.ts';
import { type SetupSteps, stepsOf } from './all-steps.ts';
import { parsed } from './answers.ts';
import { managementTenantOf, type SetupContext } from './context.ts';
import { findApplication } from './directory.ts';
import { otherUsers } from './marker.ts';
import type { Holds } from './run-undo.ts';
import { multiTenantId, usedBy } from './steps/application.ts';
import { managerPathOf, networkApiVersion } from './steps/management.ts';
import { poolStepId, useOfPool } from './steps/pool.ts';

/**
 * What must not be taken away, looked at before anything is: without its roles and connections the product can
 * no longer give addresses back, and what tenants and landscapes share has to stay as long as one needs it.
 * What cannot be seen is taken for needed.
 */
export async function holdsOf(context: SetupContext, steps: SetupSteps): Promise<Holds> {
  const holds = new Map<string, string>();
  const hold = (ids: readonly string[], why: string | undefined) => {
    for (const id of why === undefined ? [] : ids) if (!holds.has(id)) holds.set(id, why ?? '');
  };
  const [shared, managed] = [steps.shared, steps.managed].map((some) => some.map(({ id }) => id));
  const all = [...(shared ?? []), ...(managed ?? [])];
  const isPrincipalOrRole = (id: string) =>
    /^(service principal|role at|custom role|roles )/.test(id);
  hold(
    [
      ...(context.tenants ? [] : (shared ?? []).filter(isOfApplication)),
      ...(managed ?? []).filter(isPrincipalOrRole),
    ],
    await seen('whether another landscape uses the application', () => sharedWith(context)),
  );
  if (context.tenants) {
    for (const tenant of context.landscape.managedTenants) {
      if (!context.tenants.includes(tenant.alias)) continue;
      const ids = stepsOf({ ...context, tenants: [tenant.alias] }, true).managed.map(
        ({ id }) => id,
      );
      hold(ids, await poolsInUse(context, [tenant], hold));
    }
    return holds;
  }
  hold(all, await poolsInUse(context, context.landscape.managedTenants, hold));
  hold(
    [...(shared ?? []), ...(managed ?? []).filter((id) => id.startsWith('service principal '))],
    await seen('whether the network manager has other connections', () =>
      otherConnections(context),
    ),
  );
  return holds;
}

const isOfApplication = (id: string): boolean =>
  /^(application|federated credential|service principal)/.test(id) && id !== multiTenantId;

/** What `look` answers, or that it could not be seen. */
async function seen(
  what: string,
  look: () => Promise<string | undefined>,
): Promise<string | undefined> {
  try {
    return await look();
  } catch (error) {
    return `it cannot be seen ${what}: ${(error as Error).message}`;
  }
}

async function sharedWith(context: SetupContext): Promise<string | undefined> {
  const others = otherUsers(context, (await findApplication(context))?.tags ?? []);
  return others.length === 0 ? undefined : usedBy(others);
}

/** The first pool of which addresses are with VNets of the tenants, or, if the set-up made it, with anybody. */
async function poolsInUse(
  context: SetupContext,
  tenants: readonly ManagedTenant[],
  hold: (ids: readonly string[], why: string) => void,
): Promise<string | undefined> {
  const subscriptionIds = tenants.flatMap(({ subscriptions }) =>
    subscriptions.map(({ subscriptionId }) => subscriptionId),
  );
  let first: string | undefined;
  for (const pool of context.landscape.pools) {
    const use = await seen(`whether the pool ${pool.alias} is in use`, () =>
      useOfPool(context, pool, subscriptionIds),
    );
    if (use === undefined) continue;
    hold([poolStepId(pool)], use);
    first ??= `still needed by pool ${pool.alias}: ${use}`;
  }
  return first;
}

const connectionSchema = z.object({
  name: z.string(),
  properties: z.object({ resourceId: z.string().nullish() }),
});

/** A subscription or management group that the landscape does not name (any more). */
async function otherConnections(context: SetupContext): Promise<string | undefined> {
  const items = await context.administration.listArm(managementTenantOf(context), {
    method: 'GET',
    path: `${managerPathOf(context)}/scopeConnections`,
    apiVersion: networkApiVersion,
    accept: [404],
    doing: 'Listing connections',
  });
  const named = context.landscape.managedTenants.flatMap(({ subscriptions }) =>
    subscriptions.map(({ subscriptionId }) => `/subscriptions/${subscriptionId}`),
  );
  const other = items
    .map((item) => parsed(connectionSchema, { body: item }))
    .find(({ properties }) => !named.some((one) => sameId(one, properties.resourceId ?? '')));
  return (
    other &&
    `still needed by the connection '${other.name}' to ${other.properties.resourceId}, which the landscape does not name: name it again and undo all, or delete the connection`
  );
}
