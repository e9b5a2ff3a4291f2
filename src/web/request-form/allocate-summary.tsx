import { describeBlock } from '../sizes.ts';
import { type AllocateDraft, ipv4LengthOf } from './allocate-draft.ts';
import { subnetFit } from './subnet-fit.ts';

/** What the choices come to, beside the form while somebody types. */
export function AllocateSummary({ draft }: { draft: AllocateDraft }) {
  const length = ipv4LengthOf(draft.ipv4Addresses);
  const fit = subnetFit(draft);
  return (
    <section class="card summary" aria-labelledby="summary-title">
      <h2 id="summary-title">You get</h2>
      {draft.ipv4Pool === '' && draft.ipv6Pool === '' && (
        <p class="muted">Choose a region and a size: what you would get stands here.</p>
      )}
      {draft.ipv4Pool !== '' && length !== undefined && (
        <>
          <p class="summary-size">/{length}</p>
          <p>
            {describeBlock('IPv4', length).replace(/^a \/\d+: /, '')}, of{' '}
            <bdi>{draft.ipv4Pool}</bdi>
          </p>
        </>
      )}
      {draft.ipv6Pool !== '' && (
        <>
          <p class="summary-size">/{draft.ipv6Length}</p>
          <p>
            {describeBlock('IPv6', draft.ipv6Length).replace(/^a \/\d+: /, '')}, of{' '}
            <bdi>{draft.ipv6Pool}</bdi>
          </p>
        </>
      )}
      {draft.subnets.length > 0 && fit !== undefined && (
        <p class={fit.fits ? 'muted small' : 'field-error'}>{fit.text}</p>
      )}
      {draft.virtualNetwork !== '' && (
        <p class="summary-target">
          <span class="muted small">VNet</span>
          <bdi class="strong">{draft.virtualNetwork}</bdi>
          {draft.tenant !== '' && (
            <span class="muted small">
              {draft.tenant}
              {draft.resourceGroup !== '' && ` · ${draft.resourceGroup}`}
              {draft.location !== '' && ` · ${draft.location}`}
            </span>
          )}
        </p>
      )}
    </section>
  );
}
