import type { RequestDetail } from '../../model/api/request-views.ts';
import { Card } from '../components/card.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { Icon } from '../components/icon.tsx';
import { RelativeTime } from '../components/relative-time.tsx';
import { isWebAddress } from '../request-form/common-draft.ts';

/** Who asked, why, when, for which ticket. */
export function RequestFacts({ detail }: { detail: RequestDetail }) {
  const { id, requester, reason, ticket, createdAt, updatedAt, target, tenant } = detail;
  return (
    <Card title="Request">
      <dl class="facts">
        <dt>Requester</dt>
        <dd>
          <bdi>{requester.name}</bdi>
          {requester.objectId !== undefined && (
            <CopyButton text={requester.objectId} label="object id of the requester" />
          )}
        </dd>
        <dt>Reason</dt>
        <dd class="reason">
          <bdi>{reason}</bdi>
        </dd>
        {ticket !== undefined && (
          <>
            <dt>Ticket</dt>
            <dd>
              <Ticket ticket={ticket} />
            </dd>
          </>
        )}
        <dt>Asked</dt>
        <dd>
          <RelativeTime at={createdAt} />
        </dd>
        <dt>Changed</dt>
        <dd>
          <RelativeTime at={updatedAt} />
        </dd>
        <dt>VNet</dt>
        <dd>
          <bdi>{target.virtualNetwork}</bdi>
          <div class="muted small">
            <bdi>{tenant}</bdi> · <bdi>{target.resourceGroup}</bdi>
            {target.location !== undefined && ` · ${target.location}`}
          </div>
        </dd>
        <dt>Correlation id</dt>
        <dd>
          <code>{id}</code>
          <CopyButton text={id} label="correlation id" />
          <div class="muted small">in events, logs and the tag of the VNet</div>
        </dd>
      </dl>
    </Card>
  );
}

/** A link only to what is certainly a web page. */
function Ticket({ ticket: { system, id, url } }: { ticket: NonNullable<RequestDetail['ticket']> }) {
  const name = (
    <>
      <bdi>{system}</bdi> <bdi>{id}</bdi>
    </>
  );
  if (url === undefined || !isWebAddress(url)) return name;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {name} <Icon name="external" />
      <span class="visually-hidden">(opens in a new tab)</span>
    </a>
  );
}
