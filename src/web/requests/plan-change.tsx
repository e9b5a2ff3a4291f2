import type { PlanView } from '../../model/api/request-views.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { poolHref } from '../pools/map-query.ts';
import { describeCount, prefixLengthFor } from '../sizes.ts';

type Change = PlanView['change'];
type Allocation = Change['allocations'][number];

/** What a plan changes, as facts. Members beyond the common ones differ by operation and are read with care. */
export function PlanChange({ change }: { change: Change }) {
  const text = (name: string): string => textOf(change.target[name]);
  const tags = Object.entries(recordOf(change['tags']));
  return (
    <dl class="facts">
      <dt>What</dt>
      <dd>{whatOf(change)}</dd>
      <dt>VNet</dt>
      <dd>
        <bdi class="strong">{text('virtualNetwork')}</bdi>
        <CopyButton text={change.target.virtualNetworkId} label="resource id of the VNet" />
      </dd>
      <dt>Where</dt>
      <dd>
        <bdi>{text('tenantAlias')}</bdi> · <bdi>{text('resourceGroup')}</bdi>
        {text('location') !== '' && <> · {text('location')}</>}
        <div class="muted small mono">{text('subscriptionId')}</div>
      </dd>
      <dt>Address space</dt>
      <dd>
        {change.allocations.length === 0 && <span class="muted">none</span>}
        {change.allocations.map((allocation) => (
          <div key={allocation.poolId}>{describeAllocation(allocation)}</div>
        ))}
      </dd>
      <SubnetFacts change={change} />
      <ListFact title="Peerings taken off" values={listOf(change['detachedPeerings'])} />
      <ListFact title="Set aside" values={listOf(change['overrides'])} />
      {tags.length > 0 && (
        <>
          <dt>Tags</dt>
          <dd>
            {tags.map(([name, value]) => (
              <div key={name}>
                <bdi class="muted">{name}</bdi> <bdi>{textOf(value)}</bdi>
              </div>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
}

function SubnetFacts({ change }: { change: Change }) {
  const subnets = listOf(change['subnets']).map(recordOf);
  if (subnets.length === 0) return null;
  return (
    <>
      <dt>Subnets</dt>
      <dd>
        {subnets.map((subnet) => (
          <div key={textOf(subnet['name'])}>
            <bdi>{textOf(subnet['name'])}</bdi>{' '}
            <span class="muted">
              {listOf(subnet['allocations']).map(recordOf).map(sizeOf).join(', ')}
            </span>
          </div>
        ))}
      </dd>
    </>
  );
}

function ListFact({ title, values }: { title: string; values: readonly unknown[] }) {
  if (values.length === 0) return null;
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {values.map((value) => (
          <div key={textOf(value)}>
            <bdi>{textOf(value)}</bdi>
          </div>
        ))}
      </dd>
    </>
  );
}

function whatOf(change: Change): string {
  if (change.operation === 'allocate') return 'Create a VNet with new address space';
  if (change.operation === 'associate') return 'Associate the existing VNet with pools';
  return change['mode'] === 'delete'
    ? 'Delete the VNet and give its address space back'
    : 'Keep the VNet, drop its association with the pools';
}

function describeAllocation(allocation: Allocation) {
  const { poolAlias, prefixes } = allocation;
  const size = sizeOf(allocation);
  return (
    <>
      {prefixes !== undefined && prefixes.length > 0 ? (
        <span class="mono">{prefixes.join(', ')}</span>
      ) : (
        size
      )}{' '}
      <span class="muted">
        of{' '}
        <a href={poolHref(poolAlias, prefixes?.[0])}>
          <bdi>{poolAlias}</bdi>
        </a>
        {prefixes !== undefined && prefixes.length > 0 && `, ${size}`}
      </span>
    </>
  );
}

/** `/24 (256 addresses)`. */
function sizeOf(allocation: Readonly<Record<string, unknown>>): string {
  const family = allocation['family'] === 'IPv6' ? 'IPv6' : 'IPv4';
  const count = BigInt(textOf(allocation['numberOfIpAddresses']) || '0');
  const length = prefixLengthFor(family, count);
  return family === 'IPv6' && length === 64
    ? '/64'
    : `/${length} (${describeCount(family, count)})`;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
