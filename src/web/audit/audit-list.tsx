import { useState } from 'preact/hooks';
import type { AuditPage } from '../../model/audit.ts';
import { getJson } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Icon } from '../components/icon.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import { useResource } from '../hooks/use-resource.ts';
import { navigate } from '../shell/router.ts';
import {
  type AuditQuery,
  afterOf,
  auditHref,
  auditPageSize,
  auditPath,
  readAuditQuery,
} from './audit-path.ts';
import { AuditTable } from './audit-table.tsx';

/** A page of the trail, of all requests or of one. */
export function AuditList({ query }: { query: URLSearchParams }) {
  const asked = readAuditQuery(query);
  const path = auditPath(asked);
  const page = useResource<AuditPage>(path, (signal) => getJson(path, signal));
  return (
    <Card title="Entries">
      <RequestFilter key={asked.request} request={asked.request} />
      <ResourceView resource={page} label="Reading the audit trail">
        {({ entries, next }) =>
          entries.length === 0 ? (
            <NoEntries asked={asked} />
          ) : (
            <>
              <AuditTable entries={entries} isOfOne={asked.request !== ''} />
              <AuditPager asked={asked} next={afterOf(next)} />
            </>
          )
        }
      </ResourceView>
    </Card>
  );
}

function RequestFilter({ request }: { request: string }) {
  const [text, setText] = useState(request);
  return (
    <form
      class="find-field"
      onSubmit={(event) => {
        event.preventDefault();
        navigate(auditHref({ after: 0, request: text.trim() }));
      }}
    >
      <label for="audit-request">Request</label>
      <input
        id="audit-request"
        type="search"
        autocomplete="off"
        spellcheck={false}
        placeholder="RITM0012345"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit">Show</Button>
      {request !== '' && <a href="/audit">All requests</a>}
    </form>
  );
}

function NoEntries({ asked: { after, request } }: { asked: AuditQuery }) {
  if (after > 0) {
    return (
      <EmptyState icon="audit" title={`There is no entry behind ${after}`}>
        <a href={auditHref({ after: 0, request })}>Go to the first entry</a>
      </EmptyState>
    );
  }
  return request === '' ? (
    <EmptyState icon="audit" title="The trail is empty">
      Its first entry is the first request that is accepted.
    </EmptyState>
  ) : (
    <EmptyState icon="audit" title={`There is no entry about ${request}`}>
      Upper and lower case count in request ids.
    </EmptyState>
  );
}

function AuditPager({ asked, next }: { asked: AuditQuery; next: number | undefined }) {
  const { after, request } = asked;
  if (after === 0 && next === undefined) return null;
  // Entries are numbered without gaps, those of one request are not.
  const before = request === '' ? Math.max(0, after - auditPageSize) : 0;
  return (
    <nav class="audit-pager" aria-label="Pages">
      {after > 0 && (
        <a class="button" href={auditHref({ after: before, request })}>
          <Icon name="previous" />
          {before === 0 ? 'First page' : 'Previous page'}
        </a>
      )}
      {next !== undefined && (
        <a class="button" href={auditHref({ after: next, request })}>
          Next page
          <Icon name="next" />
        </a>
      )}
    </nav>
  );
}
