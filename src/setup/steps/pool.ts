import { z } from 'zod';
import { parsePoolId } from '../../azure/arm-ids.ts';
import { locationSchema } from '../../azure/parse-answer.ts';
import type { LandscapePool } from '../../model/landscape.ts';
import { familyOf, summarize } from '../../model/prefixes.ts';
import { parsed } from '../answers.ts';
import { armThing } from '../arm-thing.ts';
import { managementTenantOf, type SetupContext, waitUntil } from '../context.ts';
import { scopesAbove } from '../scopes.ts';
import { SetupError } from '../setup-error.ts';
import type { Step } from '../step.ts';
import {
  isTagged,
  managerPathOf,
  needsOf,
  networkApiVersion,
  networkManagerId,
  tagsOf,
  tagsSchema,
} from './management.ts';

export const poolStepId = ({ alias }: LandscapePool): string => `pool ${alias}`;

const poolSchema = z.object({
  ...tagsSchema.shape,
  location: locationSchema,
  properties: z.object({
    addressPrefixes: z.array(z.string()),
    provisioningState: z.string().optional(),
  }),
});
type Pool = z.output<typeof poolSchema>;

const usageSchema = z.object({
  numberOfAllocatedIPAddresses: z.string(),
  numberOfReservedIPAddresses: z.string(),
});

/**
 * A pool of the landscape: created with the prefixes that were given, or used as it is. One that is there with
 * other prefixes is never changed: VNets live in it.
 */
export function poolStep(context: SetupContext, pool: LandscapePool): Step {
  const { waiting } = context;
  const { alias, id: path } = pool;
  const tenant = managementTenantOf(context);
  const thing = armThing(context, {
    ...{ tenant, path, apiVersion: networkApiVersion },
    name: `the pool ${alias}`,
    schema: poolSchema,
  });
  const until = (isSo: (found: Pool | undefined) => boolean, message: string) =>
    waitUntil(
      waiting,
      waiting.replicationSeconds,
      async () => isSo(await thing.get()),
      () => notYet(message),
    );
  return {
    id: poolStepId(pool),
    tenant,
    needs: [...needsOf(context), ...(isInManager(context, path) ? [networkManagerId] : [])],
    rights: [
      {
        action: 'Microsoft.Network/networkManagers/ipamPools/write',
        scopes: scopesAbove(path),
      },
    ],
    async look() {
      const found = await thing.get();
      if (!found) {
        const prefixes = prefixesFor(context, pool).join(', ');
        return { status: 'missing', detail: `${prefixes} in ${pool.location}` };
      }
      requireSame(pool, found, context.poolPrefixes[alias]);
      return { status: 'present', detail: found.properties.addressPrefixes.join(', ') };
    },
    async make() {
      await thing.put(poolBody(context, pool));
      await until(
        (found) => found?.properties.provisioningState === 'Succeeded',
        `The pool ${alias} is not ready yet.`,
      );
    },
    async find() {
      const found = await thing.get();
      if (!found) return undefined;
      const isOurs = isTagged(context, found.tags);
      return {
        isOurs,
        detail: found.properties.addressPrefixes.join(', '),
        inUse: isOurs ? await useOf(context, pool) : undefined,
      };
    },
    async remove() {
      const inUse = await useOf(context, pool);
      if (inUse !== undefined) throw poolInUse(alias, inUse);
      await thing.remove();
      // Accepted is not done (azure-ipam 1, 13).
      await until((found) => found === undefined, `The pool ${alias} is still being deleted.`);
    },
  };
}

const isInManager = (context: SetupContext, path: string): boolean =>
  path.toLowerCase().startsWith(`${managerPathOf(context).toLowerCase()}/`);

const poolBody = (context: SetupContext, pool: LandscapePool) => ({
  location: pool.location,
  tags: tagsOf(context),
  properties: {
    description: 'Made by vnetv setup.',
    displayName: parsePoolId(pool.id).pool,
    addressPrefixes: prefixesFor(context, pool),
  },
});

const notYet = (message: string): SetupError =>
  new SetupError('NotYet', message, { remedy: 'Run the same command again in a while.' });

const poolInUse = (alias: string, why: string): SetupError =>
  new SetupError('Conflict', `The pool ${alias} is in use.`, {
    why,
    remedy: 'Remove the VNets that have prefixes of it (vnetv remove), then undo the set-up again.',
  });

function prefixesFor({ poolPrefixes }: SetupContext, pool: LandscapePool): readonly string[] {
  const { alias, family } = pool;
  const prefixes = poolPrefixes[alias];
  if (prefixes === undefined) {
    const example = family === 'IPv4' ? '10.0.0.0/16' : 'fd00::/32';
    throw new SetupError('InputMissing', `The pool ${alias} does not exist.`, {
      why: `There is no ${pool.id}, and it was not said which prefixes it is to have.`,
      remedy: `Give its prefixes: --pool ${alias}=${example}; or correct its id in the landscape.`,
    });
  }
  if (prefixes.every((prefix) => familyOf(prefix) === family)) return prefixes;
  throw new SetupError('InputMissing', `The pool ${alias} is to hold ${family} prefixes.`, {
    why: `--pool gives it ${prefixes.join(', ')}; the landscape says ${family}.`,
    remedy: 'Correct one of the two.',
  });
}

/** @throws SetupError when the pool that is there is another one than asked for */
function requireSame(
  { alias, family, location }: LandscapePool,
  found: Pool,
  wanted: readonly string[] | undefined,
): void {
  const { addressPrefixes, provisioningState } = found.properties;
  const conflict = (why: string, remedy: string) =>
    new SetupError('Conflict', `The pool ${alias} exists and is another one.`, { why, remedy });
  if (provisioningState === 'Deleting') {
    throw conflict('It is being deleted.', 'Wait until it is gone, then run the set-up again.');
  }
  if (found.location !== location) {
    throw conflict(
      `It is in ${found.location}; the landscape says ${location}.`,
      'Correct the location in the landscape: a pool never moves.',
    );
  }
  if (addressPrefixes.some((prefix) => familyOf(prefix) !== family)) {
    throw conflict(
      `It has ${addressPrefixes.join(', ')}; the landscape says ${family}.`,
      'Correct the family or the id in the landscape.',
    );
  }
  if (wanted && summarize(wanted).join() !== summarize(addressPrefixes).join()) {
    throw conflict(
      `It has ${addressPrefixes.join(', ')}; --pool says ${wanted.join(', ')}. A pool that exists is never changed: VNets may live in it.`,
      `Leave --pool ${alias} away to use it as it is, change it in Azure yourself, or name another pool in the landscape.`,
    );
  }
}

const associationSchema = z.object({ resourceId: z.string() });

/**
 * Why the product still needs its ways to the pool: VNets of the subscriptions have space of it, or anybody has
 * space of one that the set-up made and would take away.
 */
export async function useOfPool(
  context: SetupContext,
  pool: LandscapePool,
  subscriptionIds: readonly string[],
): Promise<string | undefined> {
  const { administration, tenants } = context;
  const tenant = managementTenantOf(context);
  const { alias, id: path } = pool;
  const found = await armThing(context, {
    ...{ tenant, path, apiVersion: networkApiVersion },
    name: `the pool ${alias}`,
    schema: poolSchema,
  }).get();
  if (!found) return undefined;
  if (tenants === undefined && isTagged(context, found.tags)) return await useOf(context, pool);
  const items = await administration.listArm(tenant, {
    method: 'POST',
    path: `${path}/listAssociatedResources`,
    apiVersion: networkApiVersion,
    doing: `Listing who has space of the pool ${alias}`,
  });
  const count = items
    .map((item) => parsed(associationSchema, { body: item }).resourceId.toLowerCase())
    .filter((id) =>
      subscriptionIds.some((one) => id.startsWith(`/subscriptions/${one}/`.toLowerCase())),
    ).length;
  return count === 0 ? undefined : `${count} of the VNets there have space of it`;
}

/** Why the pool cannot go: space of it is with somebody. */
async function useOf(
  { administration, ...context }: SetupContext,
  { alias, id }: LandscapePool,
): Promise<string | undefined> {
  const answer = await administration.arm(managementTenantOf(context), {
    method: 'POST',
    path: `${id}/getPoolUsage`,
    apiVersion: networkApiVersion,
    doing: `Reading the usage of the pool ${alias}`,
  });
  const usage = parsed(usageSchema, answer);
  const count =
    BigInt(usage.numberOfAllocatedIPAddresses) + BigInt(usage.numberOfReservedIPAddresses);
  return count === 0n ? undefined : `${count} addresses of it are allocated`;
}
