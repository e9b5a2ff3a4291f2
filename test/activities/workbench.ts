import { onTestFinished } from 'vitest';
import type { Dependencies } from '../../src/activities/dependencies.ts';
import { planRequest } from '../../src/activities/plan-request.ts';
import type { Azure, PoolAssociation, VirtualNetworkView } from '../../src/azure/azure.ts';
import { contentHash } from '../../src/ledger/content-hash.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { vendingError } from '../../src/model/errors.ts';
import type { RequestEvent } from '../../src/model/events.ts';
import { failure, type Outcome, success } from '../../src/model/outcome.ts';
import { ownershipTag } from '../../src/model/plan.ts';
import type { DecideMessage } from '../../src/model/requests.ts';
import type { RequestState } from '../../src/model/states.ts';
import { instanceIdOf } from '../../src/orchestrations/names.ts';
import { ids, sampleLandscape, sampleRequest } from '../model/samples.ts';

export const requestId = 'RITM0012345';
export const virtualNetworkId = `/subscriptions/${ids.managedSubscription}/resourceGroups/rg-payments/providers/Microsoft.Network/virtualNetworks/vnet-payments`;

/** What an activity is given. */
export const stepInput = { requestId, step: 'the-step', attempt: 1 };

export const refused = (code: ErrorCode): Outcome<never> =>
  failure(vendingError(code, `${code} it is.`));

/** The VNet of the sample request, as Azure shows it once it is deployed. */
export const sampleNetwork = (change: Partial<VirtualNetworkView> = {}): VirtualNetworkView => ({
  id: virtualNetworkId,
  location: 'centralus',
  etag: 'the-etag',
  provisioningState: 'Succeeded',
  tags: { [ownershipTag]: requestId },
  addressPrefixes: ['10.0.0.0/25'],
  allocations: [],
  subnets: [{ name: 'app', addressPrefixes: ['10.0.0.0/27'] }],
  ...change,
});

/** Azure in memory, where everything is as it should be; a test replaces the answers it is about. */
export class AzureInMemory implements Azure {
  virtualNetwork: VirtualNetworkView | null = null;
  /** By pool id. */
  readonly associations = new Map<string, readonly PoolAssociation[]>();
  /** The writes, in order. */
  readonly writes: string[] = [];

  checkToken: Azure['checkToken'] = async () => success({ objectId: 'us' });
  listPermissions: Azure['listPermissions'] = async () =>
    success([{ actions: ['*'], notActions: [] }]);
  getResourceGroup: Azure['getResourceGroup'] = async () => success({ location: 'centralus' });
  getVirtualNetwork: Azure['getVirtualNetwork'] = async () => success(this.virtualNetwork);
  createVirtualNetwork: Azure['createVirtualNetwork'] = async ({ tags }) => {
    this.writes.push('PUT');
    this.virtualNetwork = sampleNetwork({ tags });
    return success(startedOperation('https://azure.example/put'));
  };
  deleteVirtualNetwork: Azure['deleteVirtualNetwork'] = async (_target, etag) => {
    this.writes.push(`DELETE ${etag}`);
    return success(startedOperation('https://azure.example/delete'));
  };
  pollOperation: Azure['pollOperation'] = async () =>
    success({ status: 'succeeded', retryAfterSeconds: undefined });
  getPool: Azure['getPool'] = async () =>
    success({ location: 'centralus', family: 'IPv4', addressPrefixes: ['10.0.0.0/16'] });
  getPoolUsage: Azure['getPoolUsage'] = async () =>
    success({
      addressPrefixes: ['10.0.0.0/16'],
      availableAddressPrefixes: ['10.0.0.0/16'],
      numberOfAllocatedIpAddresses: '0',
      numberOfAvailableIpAddresses: '65536',
      totalNumberOfIpAddresses: '65536',
    });
  listPoolAssociations: Azure['listPoolAssociations'] = async (poolId) =>
    success(this.associations.get(poolId) ?? []);
  listScopeConnections: Azure['listScopeConnections'] = async () =>
    success([{ name: 'fabrikam', state: 'Connected' }]);
}

export const startedOperation = (operationUrl: string | undefined) => ({
  operationUrl,
  retryAfterSeconds: undefined,
  requestId: undefined,
});

const now = () => new Date('2026-11-22T00:00:00Z');

/** The sample request, claimed in a ledger in memory, and everything that its activities touch. */
export async function startWorkbench(request: object = {}) {
  const ledger = openSqliteLedger(':memory:');
  onTestFinished(() => ledger.close());
  const azure = new AzureInMemory();
  const events: RequestEvent[] = [];
  const dependencies: Dependencies = {
    landscape: sampleLandscape(),
    ledger,
    azure,
    events: {
      publish: async (event) => {
        events.push(event);
      },
    },
    now,
  };
  const sample = sampleRequest(request);
  const at = now().toISOString();
  await ledger.claimRequest(
    {
      id: requestId,
      request: sample,
      contentHash: contentHash(sample),
      instanceId: instanceIdOf(requestId),
    },
    at,
  );
  const become = (state: RequestState) => ledger.updateRequest(requestId, { state }, at);
  let decisions = 0;
  return {
    ledger,
    azure,
    dependencies,
    events,
    become,
    /** Plans as the plan step does; answers the hash. */
    async plan(): Promise<string> {
      await become('planning');
      const planned = await planRequest({ ...stepInput, step: 'plan' }, dependencies);
      if (!planned.ok) throw new Error(planned.error.message);
      return planned.value.planHash;
    },
    async decide(
      decision: DecideMessage['decision'],
      { name = 'Alex', ...more }: { name?: string; planHash?: string; reason?: string } = {},
    ): Promise<void> {
      const by = {
        name,
        email: 'alex@x.example',
        objectId: ids.approver,
        tenantId: ids.managementTenant,
      };
      decisions++;
      await ledger.recordDecision({ id: `${decisions}`, requestId, decision, by, at, ...more });
    },
    /** What the timeline tells, as `step status: message`. */
    async timeline(): Promise<readonly string[]> {
      const entries = await ledger.listTimeline(requestId);
      return entries.map(({ step, status, message }) => `${step} ${status}: ${message}`);
    },
  };
}

export type Workbench = Awaited<ReturnType<typeof startWorkbench>>;
