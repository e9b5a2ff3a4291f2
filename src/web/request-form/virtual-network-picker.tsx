import { useState } from 'preact/hooks';
import type { Tenant, TenantPage, VirtualNetworkPage } from '../../model/api/tenant-views.ts';
import { getJson } from '../api/client.ts';
import { Field } from '../components/field.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import { useResource } from '../hooks/use-resource.ts';
import { VirtualNetworkChoice } from './virtual-network-choice.tsx';

export interface PickedVirtualNetwork {
  /** Alias of the managed tenant. */
  readonly tenant: string;
  readonly virtualNetwork: VirtualNetworkPage['virtualNetworks'][number];
}

interface Props {
  readonly value: PickedVirtualNetwork | undefined;
  readonly onChange: (picked: PickedVirtualNetwork | undefined) => void;
  /** Id of the control that is to be set next, for links of an error summary. */
  readonly id: string;
  /** What is wrong with the choice. */
  readonly error: string | undefined;
}

/** Picks a VNet that exists: tenant, subscription, VNet. */
export function VirtualNetworkPicker(props: Props) {
  const tenants = useResource<TenantPage>('tenants', (signal) => getJson('/api/tenants', signal));
  return (
    <ResourceView resource={tenants} label="Reading the tenants">
      {({ tenants: found }) => <Choices {...props} tenants={found} />}
    </ResourceView>
  );
}

function Choices({ value, onChange, id, error, tenants }: Props & { tenants: readonly Tenant[] }) {
  const [first, second] = tenants;
  const only = second === undefined ? first?.alias : undefined;
  const [alias, setAlias] = useState(value?.tenant ?? only ?? '');
  const [subscriptionId, setSubscriptionId] = useState(value?.virtualNetwork.subscriptionId ?? '');
  const tenant = tenants.find((each) => each.alias === alias);
  return (
    <>
      <div class="row row-uneven">
        <Field
          // The id is where something is still to be done.
          id={tenant === undefined ? id : `${id}-tenant`}
          label="Tenant"
          required
          error={tenant === undefined ? error : undefined}
        >
          {(control) => (
            <select
              {...control}
              value={alias}
              onChange={(event) => {
                setAlias(event.currentTarget.value);
                setSubscriptionId('');
                onChange(undefined);
              }}
            >
              <option value="">Choose…</option>
              {tenants.map((each) => (
                <option key={each.alias} value={each.alias}>
                  {each.alias}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field id={`${id}-subscription`} label="Subscription" required>
          {(control) => (
            <select
              {...control}
              value={subscriptionId}
              onChange={(event) => {
                setSubscriptionId(event.currentTarget.value);
                onChange(undefined);
              }}
            >
              <option value="">
                {tenant === undefined ? 'Choose a tenant first' : 'All of the tenant'}
              </option>
              {tenant?.subscriptions.map((each) => (
                <option key={each.subscriptionId} value={each.subscriptionId}>
                  {each.subscriptionId}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      {tenant !== undefined && (
        <VirtualNetworkChoice
          key={`${alias}/${subscriptionId}`}
          id={id}
          tenant={alias}
          subscriptionId={subscriptionId}
          chosen={value?.virtualNetwork.id}
          error={error}
          onChoose={(virtualNetwork) => onChange({ tenant: alias, virtualNetwork })}
        />
      )}
    </>
  );
}
