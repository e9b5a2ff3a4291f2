import { Field } from '../components/field.tsx';
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
  return (
    <fieldset class="part">
      <legend>Where</legend>
      <div class="row row-uneven">
        <Field id="tenant" label="Tenant" required error={shown['tenant']}>
          {(control) => (
            <select
              {...control}
              value={draft.tenant}
              onChange={(event) => change(chooseTenant(draft, event.currentTarget.value, offer))}
            >
              <option value="">Choose…</option>
              {offer.tenants.map(({ alias }) => (
                <option key={alias} value={alias}>
                  {alias}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field id="subscriptionId" label="Subscription" required error={shown['subscriptionId']}>
          {(control) => (
            <select
              {...control}
              value={draft.subscriptionId}
              onChange={(event) =>
                change(chooseSubscription(draft, event.currentTarget.value, offer))
              }
            >
              <option value="">{tenant === undefined ? 'Choose a tenant first' : 'Choose…'}</option>
              {tenant?.subscriptions.map(({ subscriptionId }) => (
                <option key={subscriptionId} value={subscriptionId}>
                  {subscriptionId}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div class="row">
        <ResourceGroupField form={form} offer={offer} />
        <Field
          id="virtualNetwork"
          label="Name of the VNet"
          required
          error={shown['virtualNetwork']}
        >
          {(control) => (
            <input
              {...control}
              autoComplete="off"
              spellcheck={false}
              placeholder="vnet-payments"
              value={draft.virtualNetwork}
              onInput={(event) =>
                change({ ...draft, virtualNetwork: event.currentTarget.value.trim() })
              }
            />
          )}
        </Field>
        <Field id="location" label="Region" required error={shown['location']}>
          {(control) => (
            <select
              {...control}
              value={draft.location}
              onChange={(event) => change(chooseRegion(draft, event.currentTarget.value, offer))}
            >
              <option value="">Choose…</option>
              {regionsOf(offer).map((region) => (
                <option key={region} value={region}>
                  {region}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
    </fieldset>
  );
}

/** A list where the landscape allows some only, else a text. */
function ResourceGroupField({ form: { draft, change, shown }, offer }: Props) {
  const groups = resourceGroupsOf(offer, draft.tenant, draft.subscriptionId);
  const set = (resourceGroup: string) => change({ ...draft, resourceGroup });
  return (
    <Field id="resourceGroup" label="Resource group" required error={shown['resourceGroup']}>
      {(control) =>
        groups === undefined ? (
          <input
            {...control}
            autoComplete="off"
            spellcheck={false}
            placeholder="rg-payments"
            value={draft.resourceGroup}
            onInput={(event) => set(event.currentTarget.value.trim())}
          />
        ) : (
          <select
            {...control}
            value={draft.resourceGroup}
            onChange={(event) => set(event.currentTarget.value)}
          >
            <option value="">Choose…</option>
            {groups.map((group) => (
              <option key={group} value={group}>
                {group}
              </option>
            ))}
          </select>
        )
      }
    </Field>
  );
}
