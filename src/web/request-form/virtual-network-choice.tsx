import { useState } from 'preact/hooks';
import { EmptyState } from '../components/empty-state.tsx';
import { Field } from '../components/field.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import {
  findVirtualNetworks,
  type ListedVirtualNetwork,
} from '../tenants/find-virtual-networks.ts';
import { useVirtualNetworks } from '../tenants/use-virtual-networks.ts';

interface Props {
  /** Of the first VNet: what is left without a choice is said there. */
  readonly id: string;
  readonly tenant: string;
  /** Empty: all of the tenant. */
  readonly subscriptionId: string;
  /** Id of the VNet that was chosen. */
  readonly chosen: string | undefined;
  readonly error: string | undefined;
  readonly onChoose: (network: ListedVirtualNetwork) => void;
}

/** More are not looked through, but narrowed down. */
const mostShown = 30;

/** The VNets of a tenant to choose one of, narrowed down while one types. */
export function VirtualNetworkChoice(props: Props) {
  const networks = useVirtualNetworks(props.tenant, props.subscriptionId);
  return (
    <ResourceView resource={networks} label={`Reading the VNets of ${props.tenant}`}>
      {({ virtualNetworks }) =>
        virtualNetworks.length === 0 ? (
          <EmptyState icon="pool" title="There is no VNet here">
            The service looks only into subscriptions and resource groups that the landscape lists.
          </EmptyState>
        ) : (
          <NetworkList {...props} networks={virtualNetworks} />
        )
      }
    </ResourceView>
  );
}

function NetworkList({
  id,
  chosen,
  error,
  onChoose,
  networks,
}: Props & { networks: readonly ListedVirtualNetwork[] }) {
  const [text, setText] = useState('');
  const found = findVirtualNetworks(networks, text);
  // What was chosen stays in sight, whatever is typed afterwards.
  const current = networks.find((each) => isSame(each.id, chosen));
  const shown = found.slice(0, mostShown);
  if (current !== undefined && !shown.includes(current)) shown.unshift(current);
  return (
    <>
      <Field
        id={`${id}-find`}
        label="VNet"
        required
        hint={`${found.length} of ${networks.length}${found.length > mostShown ? `, the first ${mostShown} are shown` : ''}`}
      >
        {(control) => (
          <input
            {...control}
            type="search"
            autocomplete="off"
            spellcheck={false}
            placeholder="Name, resource group, region, prefix, address or pool"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              // Enter here means the search, not the form.
              if (event.key === 'Enter') event.preventDefault();
            }}
          />
        )}
      </Field>
      <div
        class="network-list"
        role="radiogroup"
        aria-label="VNets"
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
      >
        {shown.map((network, index) => (
          <NetworkOption
            key={network.id}
            id={index === 0 ? id : undefined}
            group={id}
            network={network}
            isChosen={network === current}
            onChoose={onChoose}
          />
        ))}
        {shown.length === 0 && <p class="muted">No VNet fits.</p>}
      </div>
      {error !== undefined && (
        <div class="field-error" id={`${id}-error`}>
          {error}
        </div>
      )}
    </>
  );
}

const isSame = (id: string, other: string | undefined): boolean =>
  id.toLowerCase() === other?.toLowerCase();

interface OptionProps {
  readonly id: string | undefined;
  readonly group: string;
  readonly network: ListedVirtualNetwork;
  readonly isChosen: boolean;
  readonly onChoose: (network: ListedVirtualNetwork) => void;
}

function NetworkOption({ id, group, network, isChosen, onChoose }: OptionProps) {
  const { name, resourceGroup, location, addressPrefixes, pools } = network;
  return (
    <label class="network-option">
      <input
        id={id}
        type="radio"
        name={group}
        checked={isChosen}
        onChange={() => onChoose(network)}
      />
      <span>
        <bdi class="strong">{name}</bdi>{' '}
        <span class="muted small">
          <bdi>{resourceGroup}</bdi> · {location}
        </span>
        <br />
        <span class="mono small">{addressPrefixes.join(', ')}</span>{' '}
        <span class="muted small">
          {pools.length === 0 ? 'in no pool' : `in ${pools.map(poolName).join(', ')}`}
        </span>
      </span>
    </label>
  );
}

/** A pool that the landscape does not know comes with its whole id. */
const poolName = (pool: string): string => pool.split('/').at(-1) ?? pool;
