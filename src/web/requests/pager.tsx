import { Icon } from '../components/icon.tsx';
import { pageOfLink } from './list-path.ts';

/** Links to the next and back to the first page; the pages between are in the history of the browser. */
export function Pager({ query, next }: { query: URLSearchParams; next: string | undefined }) {
  const page = pageOfLink(next);
  const isFirst = !query.has('page');
  if (page === undefined && isFirst) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {!isFirst && (
        <a class="button" href={hrefWith(query, undefined)}>
          <Icon name="previous" />
          First page
        </a>
      )}
      {page !== undefined && (
        <a class="button" href={hrefWith(query, page)}>
          Next page
          <Icon name="next" />
        </a>
      )}
    </nav>
  );
}

function hrefWith(query: URLSearchParams, page: string | undefined): string {
  const changed = new URLSearchParams(query);
  if (page === undefined) changed.delete('page');
  else changed.set('page', page);
  const text = changed.toString();
  return text === '' ? location.pathname : `${location.pathname}?${text}`;
}
