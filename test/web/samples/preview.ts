import type { PlanPreview } from '../../../src/model/api/request-views.ts';
import { samplePlan } from './plan.ts';

interface Asked {
  readonly operation?: 'allocate' | 'associate' | 'remove';
  readonly mode?: 'delete' | 'disassociate';
  readonly target?: { readonly virtualNetwork?: string; readonly resourceGroup?: string };
  readonly allocations?: readonly {
    readonly pool?: string;
    readonly numberOfIpAddresses?: string | number;
    readonly prefixLength?: number;
  }[];
}

/** What the fake API answers to `POST /api/plans`: small networks are approved by the policy. */
export function previewOf(body: Record<string, unknown>): PlanPreview {
  const asked = body as Asked;
  const allocation = asked.allocations?.[0];
  const addresses =
    allocation?.prefixLength === undefined
      ? Number(allocation?.numberOfIpAddresses ?? 256)
      : 2 ** (32 - allocation.prefixLength);
  const isSmall = addresses <= 512 && asked.operation === 'allocate';
  return {
    plan: samplePlan({
      name: asked.target?.virtualNetwork ?? 'vnet',
      resourceGroup: asked.target?.resourceGroup ?? 'rg-payments',
      operation: asked.operation ?? 'allocate',
      addresses: String(addresses),
      effect: isSmall ? 'auto-approve' : 'require-approval',
      ...(asked.mode === undefined ? {} : { mode: asked.mode }),
      ...(allocation?.pool === undefined ? {} : { pool: allocation.pool }),
    }),
    riskFlags:
      asked.operation === 'remove' && asked.mode === 'delete'
        ? [{ flag: 'deletes', text: 'The VNet is deleted; that cannot be undone.' }]
        : isSmall
          ? []
          : [
              {
                flag: 'unverified-prerequisite',
                text: 'Azure does not let us look at the cross-tenant connection.',
              },
            ],
  };
}
