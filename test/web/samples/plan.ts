import type { PlanView } from '../../../src/model/api/request-views.ts';
import { fabrikamSubscription } from './tenants.ts';

export const virtualNetworkId = (resourceGroup: string, name: string): string =>
  `/subscriptions/${fabrikamSubscription}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/virtualNetworks/${name}`;

export const poolId = (alias: string): string =>
  `/subscriptions/a0000000-0000-4000-8000-0000000000a1/resourceGroups/rg-ipam/providers/Microsoft.Network/networkManagers/avnm-contoso/ipamPools/${alias}`;

interface PlanOf {
  readonly name: string;
  readonly resourceGroup?: string;
  readonly pool?: string;
  readonly addresses?: string;
  readonly operation?: 'allocate' | 'associate' | 'remove';
  readonly mode?: 'delete' | 'disassociate';
  readonly effect?: PlanView['policy']['effect'];
  readonly hash?: string;
  readonly stages?: PlanView['stages'];
  readonly prefixes?: string[];
}

export const networkStage: PlanView['stages'][number] = {
  name: 'network',
  approvers: ['network-team'],
  minApprovals: 1,
  timeLimitHours: 72,
  remindAfterHours: 8,
  escalateAfterHours: 24,
  escalateTo: ['network-leads'],
};

export const securityStage: PlanView['stages'][number] = {
  name: 'security',
  approvers: ['security-team'],
  minApprovals: 2,
  timeLimitHours: 48,
  escalateTo: [],
};

/** A plan as the API shows it. */
export function samplePlan(of: PlanOf): PlanView {
  const { name, resourceGroup = 'rg-payments', pool = 'corp-centralus', addresses = '1024' } = of;
  const operation = of.operation ?? 'allocate';
  const effect = of.effect ?? 'require-approval';
  return {
    planHash: of.hash ?? 'c6cc3dc4c4c8f394fc099a04353cea230f400de2308b6cb8e9be6473b5ee5156',
    change: {
      operation,
      ...(of.mode === undefined ? {} : { mode: of.mode }),
      target: {
        tenantAlias: 'fabrikam',
        subscriptionId: fabrikamSubscription,
        resourceGroup,
        virtualNetwork: name,
        virtualNetworkId: virtualNetworkId(resourceGroup, name),
        location: 'centralus',
      },
      allocations: [
        {
          poolAlias: pool,
          poolId: poolId(pool),
          family: 'IPv4',
          numberOfIpAddresses: addresses,
          ...(of.prefixes === undefined ? {} : { prefixes: of.prefixes }),
        },
      ],
      ...(operation === 'allocate'
        ? {
            subnets: [
              {
                name: 'app',
                allocations: [
                  {
                    poolAlias: pool,
                    poolId: poolId(pool),
                    family: 'IPv4',
                    numberOfIpAddresses: '64',
                  },
                ],
              },
            ],
            tags: { costCentre: '1234', 'vnet-vending-request': 'RITM0012345' },
          }
        : {}),
    },
    policy:
      effect === 'auto-approve'
        ? {
            effect,
            rule: 'small-networks',
            reason: 'VNets of up to 512 IPv4 addresses need no approval; larger ones do',
          }
        : {
            effect,
            rule: 'default',
            reason: 'No rule of the policy covers the request, so a person decides.',
          },
    stages: effect === 'require-approval' ? (of.stages ?? [networkStage]) : [],
    findings: [
      { check: 'management-token', status: 'passed', subject: 'management tenant' },
      { check: 'managed-token', status: 'passed', subject: 'tenant fabrikam' },
      { check: 'pool-permission', status: 'passed', subject: `pool ${pool}` },
      {
        check: 'virtual-network-permission',
        status: 'passed',
        subject: `resource group ${resourceGroup}`,
      },
      {
        check: 'connection',
        status: 'unknown',
        subject: `subscription ${fabrikamSubscription}`,
        error: {
          code: 'ConnectionUnknown',
          kind: 'operator',
          message: 'Whether the cross-tenant connection is complete cannot be seen.',
          cause: 'The application may not read the connection on the side of the tenant.',
          remedy: 'Give the application the role Reader on the subscription.',
        },
      },
      { check: 'pool-capacity', status: 'passed', subject: `pool ${pool}` },
    ],
  };
}
