import type { ComponentChildren } from 'preact';
import type { RequestSummary } from '../../model/api/request-views.ts';
import { Icon } from '../components/icon.tsx';
import { operationWords, requestHref } from '../requests/request-words.ts';

/** A request in one or two lines. */
export function RequestLine({
  request,
  beside,
}: {
  request: RequestSummary;
  beside: ComponentChildren;
}) {
  return (
    <li class="line">
      <div class="line-main">
        <a class="strong" href={requestHref(request.id)}>
          <bdi>{request.id}</bdi>
        </a>{' '}
        <bdi class="muted">{request.target.virtualNetwork}</bdi>
        <div class="what">
          <Icon name={operationWords(request).icon} />
          <bdi>{request.asksFor}</bdi>
        </div>
      </div>
      <div class="line-beside">{beside}</div>
    </li>
  );
}
