import {
  type CommonDraft,
  checkCommon,
  commonBody,
  emptyCommonDraft,
  type Faults,
} from './common-draft.ts';
import type { PickedVirtualNetwork } from './virtual-network-picker.tsx';

export interface ExistingTarget {
  readonly tenant: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly virtualNetwork: string;
}

/** What somebody has chosen in the form for a removal. */
export interface RemoveDraft extends CommonDraft {
  readonly target: ExistingTarget | undefined;
  readonly mode: 'delete' | 'disassociate';
  readonly detachPeerings: boolean;
  readonly override: boolean;
}

export const emptyRemoveDraft = (target?: ExistingTarget): RemoveDraft => ({
  ...emptyCommonDraft(),
  target,
  mode: 'delete',
  detachPeerings: false,
  override: false,
});

export const targetOf = (picked: PickedVirtualNetwork | undefined): ExistingTarget | undefined =>
  picked === undefined
    ? undefined
    : {
        tenant: picked.tenant,
        subscriptionId: picked.virtualNetwork.subscriptionId,
        resourceGroup: picked.virtualNetwork.resourceGroup,
        virtualNetwork: picked.virtualNetwork.name,
      };

export const checkRemove = (draft: RemoveDraft): Faults => ({
  ...(draft.target === undefined ? { virtualNetwork: 'Choose the VNet.' } : {}),
  ...checkCommon(draft),
});

export function removeBody(draft: RemoveDraft): Record<string, unknown> {
  const { mode, detachPeerings, override } = draft;
  return {
    ...commonBody(draft),
    operation: 'remove',
    mode,
    target: draft.target,
    ...(mode === 'delete' ? { detachPeerings, override } : {}),
  };
}
