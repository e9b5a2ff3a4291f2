import { useId, useState } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import { Table } from '../components/table.tsx';
import { hasRole, useMe } from '../shell/session.ts';
import { findVirtualNetworks, type ListedVirtualNetwork } from './find-virtual-networks.ts';
import { networkColumns } from './network-columns.tsx';
import { useVirtualNetworks } from './use-virtual-networks.ts';

const step = 25;

/** The VNets of a tenant, and what can be asked for each. */
export function NetworksCard({ alias }: { alias: string }) {
  const networks = useVirtualNetworks(alias, '');
  return (
    <Card title="VNets">
      <ResourceView resource={networks} label={`Reading the VNets of ${alias}`}>
        {({ virtualNetworks }) =>
          virtualNetworks.length === 0 ? (
            <EmptyState icon="pool" title="There is no VNet yet">
              The service looks only into subscriptions and resource groups that the landscape
              lists.
            </EmptyState>
          ) : (
            <NetworkTable alias={alias} networks={virtualNetworks} />
          )
        }
      </ResourceView>
    </Card>
  );
}

function NetworkTable({
  alias,
  networks,
}: {
  alias: string;
  networks: readonly ListedVirtualNetwork[];
}) {
  const me = useMe();
  const id = useId();
  const [text, setText] = useState('');
  const [shown, setShown] = useState(step);
  const found = findVirtualNetworks(networks, text);
  return (
    <>
      <div class="find-field">
        <label for={id}>Find</label>
        <input
          id={id}
          type="search"
          autocomplete="off"
          spellcheck={false}
          placeholder="Name, resource group, region, prefix, address or pool"
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setShown(step);
          }}
        />
        <span class="muted small" role="status">
          {text.trim() === ''
            ? `${networks.length} VNets`
            : `${found.length} of ${networks.length}`}
        </span>
      </div>
      {found.length === 0 ? (
        <EmptyState title="No VNet fits" />
      ) : (
        <div class="table-frame">
          <Table
            caption={`VNets of ${alias}`}
            columns={networkColumns(alias, hasRole(me, 'Vnet.Request', 'Vnet.Operate'))}
            rows={found.slice(0, shown)}
            keyOf={({ id: key }) => key}
          />
        </div>
      )}
      {shown < found.length && (
        <p class="table-more">
          <span class="muted small">
            {shown} of {found.length}
          </span>
          <Button onClick={() => setShown(shown + step)}>Show more</Button>
        </p>
      )}
    </>
  );
}
