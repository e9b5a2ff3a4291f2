import { useEffect } from 'preact/hooks';
import { PageHeader } from '../components/page-header.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import {
  type AllocateDraft,
  allocateBody,
  choosePool,
  emptyAllocateDraft,
  type Offer,
} from '../request-form/allocate-draft.ts';
import { AllocateSummary } from '../request-form/allocate-summary.tsx';
import { checkAllocate } from '../request-form/check-allocate.ts';
import { RequestFrame } from '../request-form/request-frame.tsx';
import { SpaceFields } from '../request-form/space-fields.tsx';
import { SubnetBuilder } from '../request-form/subnet-builder.tsx';
import { TagFields } from '../request-form/tag-fields.tsx';
import { TargetFields } from '../request-form/target-fields.tsx';
import { useOffer } from '../request-form/use-offer.ts';
import { useRequestForm } from '../request-form/use-request-form.ts';
import { type PageProps, replaceQuery } from '../shell/router.ts';

const title = 'New VNet';

/** Asks for a new VNet (`allocate`). */
export function NewRequestPage({ query }: PageProps) {
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
  return <AllocateForm offer={offer.data} pool={query.get('pool') ?? ''} />;
}

function AllocateForm({ offer, pool }: { offer: Offer; pool: string }) {
  const form = useRequestForm<AllocateDraft>({
    name: 'allocate',
    empty: emptyAllocateDraft,
    check: (draft) => checkAllocate(draft, offer),
    bodyOf: allocateBody,
    fieldOf: fieldOfPointer,
  });
  useEffect(() => {
    if (pool === '') return;
    form.change(choosePool(form.draft, pool, offer));
    replaceQuery({ pool: '' });
  }, [pool]);
  return (
    <RequestFrame
      title={title}
      lead="A new virtual network with address space that overlaps nothing else. You see the plan before you send the request."
      form={form}
      aside={<AllocateSummary draft={form.draft} />}
    >
      <TargetFields form={form} offer={offer} />
      <SpaceFields form={form} offer={offer} />
      <SubnetBuilder form={form} />
      <TagFields form={form} offer={offer} />
    </RequestFrame>
  );
}

/** The field that a JSON pointer of the API means. */
function fieldOfPointer(pointer: string, draft: AllocateDraft): string | undefined {
  const [, first = '', second = '', third = ''] = pointer.split('/');
  if (first === 'target') return second;
  if (first === 'allocations') return second === '1' ? 'ipv6Pool' : 'ipv4Addresses';
  if (first === 'ticket') return `ticket${second.charAt(0).toUpperCase()}${second.slice(1)}`;
  if (first === 'subnets') {
    const subnet = draft.subnets[Number(second)];
    return subnet === undefined
      ? 'subnets'
      : `subnet-${subnet.key}-${third === 'name' ? 'name' : 'size'}`;
  }
  return first === 'id' || first === 'reason' ? first : undefined;
}
