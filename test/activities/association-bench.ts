import { expect } from 'vitest';
import { associateVirtualNetwork } from '../../src/activities/associate/associate-virtual-network.ts';
import { undoAssociation } from '../../src/activities/associate/undo-association.ts';
import { sampleAssociateRequest } from '../model/samples.ts';
import {
  type AzureInMemory,
  sampleNetwork,
  sampleSubnet,
  startWorkbenchOf,
  stepInput,
} from './workbench.ts';

/** An existing VNet, one of whose subnets has the singular form and a member that nobody knows. */
function existing(azure: AzureInMemory): void {
  azure.virtualNetwork = sampleNetwork({
    tags: { owner: 'somebody' },
    subnets: [sampleSubnet(), sampleSubnet({ name: 'plain' })],
  });
  azure.wire['fromTheFuture'] = { deep: [1] };
  const [, plain] = azure.wire['properties'].subnets;
  plain.properties = { addressPrefix: '10.0.0.32/27', alsoNew: true, delegations: [] };
}

/** The sample association, approved and under way. */
export async function startAssociation() {
  const bench = await startWorkbenchOf(sampleAssociateRequest());
  existing(bench.azure);
  const before = structuredClone(bench.azure.document);
  const planHash = await bench.plan();
  await bench.become('associating');
  const associate = () =>
    associateVirtualNetwork({ ...stepInput, step: 'associate', planHash }, bench.dependencies);
  const undo = () => undoAssociation({ ...stepInput, step: 'undo' }, bench.dependencies);
  return { ...bench, planHash, before, associate, undo };
}

/** The same, once Azure has accepted it. */
export async function associated() {
  const bench = await startAssociation();
  expect(await bench.associate()).toMatchObject({ ok: true });
  bench.azure.writes.length = 0;
  return bench;
}

export type AssociationBench = Awaited<ReturnType<typeof startAssociation>>;

/** The whole document, but for what every write changes. */
export const exactly = (document: AzureInMemory['document']) =>
  JSON.parse(
    JSON.stringify(document, (key, value) =>
      key === 'etag' || (key === 'ipamPoolPrefixAllocations' && value.length === 0)
        ? undefined
        : value,
    ),
  );

/** Drops the allocations as a client does that knows none, and the pool with it. */
export function dropByHand({ azure }: Pick<AssociationBench, 'azure'>): void {
  delete azure.wire['properties'].addressSpace.ipamPoolPrefixAllocations;
  azure.associations.clear();
}
