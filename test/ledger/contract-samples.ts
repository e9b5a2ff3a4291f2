import type { Decision, Ledger, RequestRecord, TimelineEntry } from '../../src/ledger/ledger.ts';
import type { Removal } from '../../src/model/plan.ts';
import type { RequestState } from '../../src/model/states.ts';
import { ids, poolIds, sampleRequest } from '../model/samples.ts';

export const at = '2026-01-01T00:00:00.000Z';
export const later = '2026-01-01T00:01:00.000Z';
export const virtualNetworkId =
  '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet';

export const claimOf = (id: string, contentHash = 'hash') => ({
  id,
  request: sampleRequest({ id }),
  contentHash,
  instanceId: `instance-${id}`,
  tenant: 'fabrikam',
});

export const entryOf = (key: string, message = 'as planned'): TimelineEntry => ({
  key,
  at,
  step: 'deploy',
  status: 'started',
  message,
});

export const decisionOf = (id: string, requestId: string): Decision => ({
  id,
  requestId,
  decision: 'approve',
  by: { name: 'Ada', objectId: ids.approver, tenantId: ids.managementTenant },
  channel: 'queue',
  at,
});

const released = {
  poolAlias: 'corp-centralus',
  poolId: poolIds.ipv4,
  family: 'IPv4',
  numberOfIpAddresses: '256',
  prefixes: ['10.0.0.0/24'],
} as const;

export const removalOf = (requestId: string): Removal => ({
  requestId,
  operation: 'remove',
  mode: 'delete',
  target: {
    tenantAlias: 'fabrikam',
    tenantId: ids.managedTenant,
    subscriptionId: ids.managedSubscription,
    resourceGroup: 'rg-payments',
    virtualNetwork: 'vnet',
    virtualNetworkId,
    location: 'centralus',
  },
  resourceGuid: 'g',
  allocations: [released],
  createdBy: 'RITM0',
  detachedPeerings: ['to-hub'],
  overrides: ['managed-state'],
});

/** Walks a request through states. */
export async function walk(
  ledger: Ledger,
  id: string,
  ...states: RequestState[]
): Promise<RequestRecord> {
  await ledger.claimRequest(claimOf(id), at);
  let record: RequestRecord | undefined;
  for (const state of states) {
    record = await ledger.updateRequest(id, { state }, later);
  }
  return record as RequestRecord;
}
