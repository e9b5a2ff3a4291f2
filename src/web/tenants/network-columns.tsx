import { CopyButton } from '../components/copy-button.tsx';
import type { Column } from '../components/table.tsx';
import { associationHref } from '../request-form/named-network.tsx';
import type { ListedVirtualNetwork } from './find-virtual-networks.ts';

const isAlias = (pool: string): boolean => !pool.includes('/');

/** Columns of the VNets of a tenant; the last one for who may ask for something. */
export const networkColumns = (
  tenant: string,
  mayAsk: boolean,
): readonly Column<ListedVirtualNetwork>[] => [
  {
    key: 'name',
    title: 'VNet',
    heading: true,
    cell: ({ name, id, resourceGroup }) => (
      <>
        <bdi>{name}</bdi>
        <CopyButton text={id} label={`resource id of ${name}`} />
        <div class="muted small">
          <bdi>{resourceGroup}</bdi>
        </div>
      </>
    ),
  },
  { key: 'location', title: 'Region', cell: ({ location }) => location },
  {
    key: 'prefixes',
    title: 'Prefixes',
    cell: ({ addressPrefixes }) => (
      <ul class="plain-list mono small">
        {addressPrefixes.map((prefix) => (
          <li key={prefix}>{prefix}</li>
        ))}
      </ul>
    ),
  },
  {
    key: 'pools',
    title: 'Pools',
    cell: ({ pools }) =>
      pools.length === 0 ? (
        <span class="muted">none</span>
      ) : (
        <ul class="plain-list">
          {pools.map((pool) => (
            <li key={pool}>
              {isAlias(pool) ? (
                <a href={`/pools/${encodeURIComponent(pool)}`}>{pool}</a>
              ) : (
                <bdi title={pool}>{pool.split('/').at(-1)}</bdi>
              )}
            </li>
          ))}
        </ul>
      ),
  },
  {
    key: 'request',
    title: 'Made by',
    cell: ({ requestId }) =>
      requestId === undefined ? (
        <span class="muted">not here</span>
      ) : (
        <a href={`/requests/${encodeURIComponent(requestId)}`}>{requestId}</a>
      ),
  },
  ...(mayAsk ? [actionColumn(tenant)] : []),
];

const removalHref = (tenant: string, network: ListedVirtualNetwork): string =>
  `/new/remove?${new URLSearchParams({
    tenant,
    subscription: network.subscriptionId,
    group: network.resourceGroup,
    vnet: network.name,
  })}`;

const actionColumn = (tenant: string): Column<ListedVirtualNetwork> => ({
  key: 'actions',
  title: 'Ask to',
  cell: (network) => (
    <span class="row-actions">
      {network.pools.length === 0 && (
        <a href={associationHref(tenant, network)}>
          associate<span class="visually-hidden"> {network.name}</span>
        </a>
      )}
      <a href={removalHref(tenant, network)}>
        remove<span class="visually-hidden"> {network.name}</span>
      </a>
    </span>
  ),
});
