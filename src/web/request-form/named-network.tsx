import { useEffect } from 'preact/hooks';
import { Notice } from '../components/notice.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import { replaceQuery } from '../shell/router.ts';
import type { ListedVirtualNetwork } from '../tenants/find-virtual-networks.ts';
import { useVirtualNetworks } from '../tenants/use-virtual-networks.ts';
import type { PickedVirtualNetwork } from './virtual-network-picker.tsx';

/** The VNet that a link to a form names. */
export interface NamedVirtualNetwork {
  readonly tenant: string;
  readonly id: string;
}

export const associationHref = (tenant: string, { id }: ListedVirtualNetwork): string =>
  `/new/associate?${new URLSearchParams({ tenant, id })}`;

export function namedNetwork(query: URLSearchParams): NamedVirtualNetwork | undefined {
  const [tenant, id] = [query.get('tenant'), query.get('id')];
  return tenant && id ? { tenant, id } : undefined;
}

const pickByHand = (): void => replaceQuery({ tenant: '', id: '' });

/** Looks the VNet of the link up and chooses it; from then on it is as if somebody had chosen it by hand. */
export function NamedNetwork({
  tenant,
  id,
  onFound,
}: NamedVirtualNetwork & { onFound: (picked: PickedVirtualNetwork) => void }) {
  const networks = useVirtualNetworks(tenant, /^\/subscriptions\/([^/]+)/i.exec(id)?.[1] ?? '');
  const found = networks.data?.virtualNetworks.find(
    (each) => each.id.toLowerCase() === id.toLowerCase(),
  );
  useEffect(() => {
    if (found === undefined) return;
    onFound({ tenant, virtualNetwork: found });
    pickByHand();
  }, [found]);
  return (
    <ResourceView resource={networks} label="Reading the VNet">
      {() =>
        found === undefined ? (
          <Notice tone="warning" title="There is no such VNet any more">
            <p>
              <button type="button" class="link-button" onClick={pickByHand}>
                Choose one
              </button>
            </p>
          </Notice>
        ) : null
      }
    </ResourceView>
  );
}
