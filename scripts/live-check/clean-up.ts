import type { VirtualNetworkTarget } from '../../src/model/plan.ts';
import { type Stage, unwrap } from './stage.ts';

export interface CleanUp {
  /** VNets of this run that were still there. */
  readonly deleted: readonly string[];
  /** What is left in spite of it, in words an operator can act on. */
  readonly leftovers: readonly string[];
}

/** Takes away what this run has made, and looks whether the pool has its space back. */
export async function cleanUp(stage: Stage): Promise<CleanUp> {
  stage.ignoreStop();
  const deleted: string[] = [];
  const leftovers: string[] = [];
  for (const target of [...stage.made]) {
    try {
      if (await remove(stage, target)) deleted.push(target.virtualNetwork);
    } catch (error) {
      leftovers.push(`${target.virtualNetworkId}: ${(error as Error).message}`);
    }
  }
  return { deleted, leftovers };
}

/** Whether there was something to delete. @throws what keeps it from going */
async function remove(stage: Stage, target: VirtualNetworkTarget): Promise<boolean> {
  const wasThere = await deleteAndWait(stage, target);
  if (!wasThere && !(await stage.poolLists(target))) return false;
  if (await poolLetsGo(stage, target)) return wasThere;
  // The pool holds the space of a VNet that is gone: made anew and deleted with both tokens, it may let go.
  await makeAnew(stage, target);
  await deleteAndWait(stage, target);
  if (await poolLetsGo(stage, target)) return true;
  throw new Error(`the VNet is gone, but the pool '${stage.check.pool.alias}' still lists it.`);
}

export async function makeAnew(stage: Stage, target: VirtualNetworkTarget): Promise<void> {
  unwrap(await stage.azure.createVirtualNetwork(stage.deployment(target)));
  await stage.until(async () => {
    const state = unwrap(await stage.azure.getVirtualNetwork(target))?.provisioningState;
    return state === 'Succeeded' || state === 'Failed';
  });
}

/** Deletes it with both tokens, if it is there. @returns whether it was */
async function deleteAndWait(stage: Stage, target: VirtualNetworkTarget): Promise<boolean> {
  const found = unwrap(await stage.azure.getVirtualNetwork(target));
  if (!found) return false;
  if (!stage.isOurs(found)) throw new Error('it is not of this run; nothing was done to it.');
  unwrap(await stage.azure.deleteVirtualNetwork(target, found.etag));
  const gone = await stage.until(
    async () => unwrap(await stage.azure.getVirtualNetwork(target)) === null,
  );
  if (gone === undefined) throw new Error('it is still there; delete it by hand.');
  return true;
}

const poolLetsGo = async (stage: Stage, target: VirtualNetworkTarget): Promise<boolean> =>
  (await stage.until(async () => !(await stage.poolLists(target)))) !== undefined;
