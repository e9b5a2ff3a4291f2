import { Field } from '../components/field.tsx';
import { SelectField } from '../components/select-field.tsx';
import {
  type AllocateDraft,
  chooseRegion,
  chooseSubscription,
  chooseTenant,
  type Offer,
  regionsOf,
  resourceGroupsOf,
} from './allocate-draft.ts';
import type { RequestForm } from './use-request-form.ts';

interface Props {
  readonly form: RequestForm<AllocateDraft>;
  readonly offer: Offer;
}

/** Where the VNet is to be: tenant, subscription, resource group, name, region. */
export function TargetFields({ form, offer }: Props) {
  const { draft, change, shown } = form;
  const tenant = offer.tenants.find(({ alias }) => alias === draft.tenant);
  const subscriptions = tenant?.subscriptions.map(({ subscriptionId }) => subscriptionId) ?? [];
  return (
    <fieldset class="part">
      <legend>Where</legend>
      <div class="row row-uneven">
        <SelectField
          id="tenant"
          label="Tenant"
          value={draft.tenant}
          none="Choose…"
          options={offer.tenants.map(({ alias }) => alias)}
          error={shown['tenant']}
          onChange={(alias) => change(chooseTenant(draft, alias, offer))}
        />
        <SelectField
          id="subscriptionId"
          label="Subscription"
          value={draft.subscriptionId}
          none={tenant === undefined ? 'Choose a tenant first' : 'Choose…'}
          options={subscriptions}
          error={shown['subscriptionId']}
          onChange={(id) => change(chooseSubscription(draft, id, offer))}
        />
      </div>
      <div class="row">
        <ResourceGroupField form={form} offer={offer} />
        <NameField
          id="virtualNetwork"
          label="Name of the VNet"
          placeholder="vnet-payments"
          value={draft.virtualNetwork}
          error={shown['virtualNetwork']}
          onChange={(virtualNetwork) => change({ ...draft, virtualNetwork })}
        />
        <SelectField
          id="location"
          label="Region"
          value={draft.location}
          none="Choose…"
          options={regionsOf(offer)}
          error={shown['location']}
          onChange={(region) => change(chooseRegion(draft, region, offer))}
        />
      </div>
    </fieldset>
  );
}

/** A list where the landscape allows some only, else a text. */
function ResourceGroupField({ form: { draft, change, shown }, offer }: Props) {
  const groups = resourceGroupsOf(offer, draft.tenant, draft.subscriptionId);
  const common = {
    id: 'resourceGroup',
    label: 'Resource group',
    value: draft.resourceGroup,
    error: shown['resourceGroup'],
    onChange: (resourceGroup: string) => change({ ...draft, resourceGroup }),
  };
  return groups === undefined ? (
    <NameField {...common} placeholder="rg-payments" />
  ) : (
    <SelectField {...common} none="Choose…" options={groups} />
  );
}

interface NameProps {
  readonly id: string;
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

function NameField({ id, label, placeholder, value, error, onChange }: NameProps) {
  return (
    <Field id={id} label={label} required error={error}>
      {(control) => (
        <input
          {...control}
          autoComplete="off"
          spellcheck={false}
          placeholder={placeholder}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value.trim())}
        />
      )}
    </Field>
  );
}
