import type { PoolSummary } from '../../model/api/pool-views.ts';
import { PageHeader } from '../components/page-header.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import {
  type AssociateDraft,
  associateBody,
  checkAssociate,
  emptyAssociateDraft,
  poolsFor,
  togglePool,
} from '../request-form/associate-draft.ts';
import { RequestFrame } from '../request-form/request-frame.tsx';
import { useOffer } from '../request-form/use-offer.ts';
import { type RequestForm, useRequestForm } from '../request-form/use-request-form.ts';
import { VirtualNetworkPicker } from '../request-form/virtual-network-picker.tsx';
import { describeCount } from '../sizes.ts';

const title = 'Associate an existing VNet';

/** Asks to take an existing VNet into pools (`associate`). */
export function AssociatePage() {
  const offer = useOffer();
  if (offer.data === undefined) {
    return (
      <>
        <PageHeader title={title} />
        <ResourceView resource={offer} label="Reading tenants and pools">
          {() => null}
        </ResourceView>
      </>
    );
  }
  return <AssociateForm pools={offer.data.pools} />;
}

function AssociateForm({ pools }: { pools: readonly PoolSummary[] }) {
  const form = useRequestForm<AssociateDraft>({
    name: 'associate',
    empty: emptyAssociateDraft,
    check: checkAssociate,
    bodyOf: associateBody,
    fieldOf: (pointer) => {
      const [, first = ''] = pointer.split('/');
      return first === 'target' ? 'virtualNetwork' : first;
    },
  });
  const { draft, change, shown } = form;
  return (
    <RequestFrame
      title={title}
      lead="A VNet that is older than the pool joins it with the prefixes it has. Nothing of the VNet changes but the association."
      form={form}
    >
      <fieldset class="part">
        <legend>Which VNet</legend>
        <VirtualNetworkPicker
          id="virtualNetwork"
          value={draft.picked}
          error={shown['virtualNetwork']}
          onChange={(picked) => {
            const offered = picked === undefined ? [] : poolsFor(picked, pools);
            const [only] = offered;
            const chosen = offered.length === 1 && only !== undefined ? [only.alias] : [];
            change({ ...draft, picked, pools: chosen });
          }}
        />
      </fieldset>
      <PoolChoice form={form} pools={pools} />
    </RequestFrame>
  );
}

interface ChoiceProps {
  readonly form: RequestForm<AssociateDraft>;
  readonly pools: readonly PoolSummary[];
}

function PoolChoice({ form: { draft, change, shown }, pools }: ChoiceProps) {
  const offered = draft.picked === undefined ? [] : poolsFor(draft.picked, pools);
  const error = shown['pools'];
  return (
    <fieldset
      class="part"
      id="pools"
      tabIndex={-1}
      aria-describedby={error === undefined ? undefined : 'pools-error'}
    >
      <legend>Which pool</legend>
      {draft.picked === undefined && (
        <p class="muted">Choose a VNet first: it joins pools of its own region.</p>
      )}
      {draft.picked !== undefined && offered.length === 0 && (
        <p class="muted">
          There is no pool in {draft.picked.virtualNetwork.location} for its prefixes.
        </p>
      )}
      {offered.map(({ alias, family, addressPrefixes, availableIpAddresses }) => (
        <label key={alias} class="check">
          <input
            type="checkbox"
            checked={draft.pools.includes(alias)}
            onChange={() => change({ ...draft, pools: togglePool(draft.pools, alias, pools) })}
          />
          <span>
            <bdi>{alias}</bdi>{' '}
            <span class="muted small">
              {family}, {addressPrefixes.join(', ')}
              {availableIpAddresses !== undefined &&
                `, ${describeCount(family, availableIpAddresses)} free`}
            </span>
          </span>
        </label>
      ))}
      {error !== undefined && (
        <p class="field-error" id="pools-error">
          {error}
        </p>
      )}
    </fieldset>
  );
}
