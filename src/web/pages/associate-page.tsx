import { PageHeader } from '../components/page-header.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import type { Offer } from '../request-form/allocate-draft.ts';
import {
  type AssociateDraft,
  associateBody,
  checkAssociate,
  emptyAssociateDraft,
  pickNetwork,
} from '../request-form/associate-draft.ts';
import { NamedNetwork, namedNetwork } from '../request-form/named-network.tsx';
import { PoolChoiceFields } from '../request-form/pool-choice-fields.tsx';
import { RequestFrame } from '../request-form/request-frame.tsx';
import { useOffer } from '../request-form/use-offer.ts';
import { useRequestForm } from '../request-form/use-request-form.ts';
import {
  type PickedVirtualNetwork,
  VirtualNetworkPicker,
} from '../request-form/virtual-network-picker.tsx';
import type { PageProps } from '../shell/router.ts';

const title = 'Associate an existing VNet';

/** Asks to take a VNet that exists into pools (`associate`). */
export function AssociatePage({ query }: PageProps) {
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
  return <AssociateForm offer={offer.data} query={query} />;
}

function AssociateForm({ offer: { pools }, query }: { offer: Offer; query: URLSearchParams }) {
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
  const given = namedNetwork(query);
  const pick = (picked: PickedVirtualNetwork | undefined): void =>
    change(pickNetwork(draft, picked, pools));
  return (
    <RequestFrame
      title={title}
      lead="A VNet that was made elsewhere joins the pools that its prefixes lie in, so that nobody else is given them. It keeps its prefixes, subnets and everything in it."
      form={form}
    >
      <fieldset class="part">
        <legend>Which VNet</legend>
        {given === undefined ? (
          <VirtualNetworkPicker
            id="virtualNetwork"
            value={draft.picked}
            error={shown['virtualNetwork']}
            onChange={pick}
          />
        ) : (
          <NamedNetwork id={given.id} tenant={given.tenant} onFound={pick} />
        )}
      </fieldset>
      <PoolChoiceFields form={form} pools={pools} />
    </RequestFrame>
  );
}
