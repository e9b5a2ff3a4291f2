import type { AuditEntry } from '../../model/audit.ts';
import { Table } from '../components/table.tsx';
import { absoluteTime } from '../components/times.ts';
import { auditHref } from './audit-path.ts';
import { EntryFacts } from './entry-facts.tsx';
import { entryWords } from './entry-words.ts';

/** Entries of the trail, oldest first, as they are chained. */
export function AuditTable({
  entries,
  isOfOne,
}: {
  entries: readonly AuditEntry[];
  /** All entries are of one request. */
  isOfOne: boolean;
}) {
  return (
    <div class="table-frame audit-table">
      <Table
        caption="Entries of the audit trail, oldest first"
        columns={columnsOf(isOfOne)}
        rows={entries}
        keyOf={({ sequence }) => String(sequence)}
      />
    </div>
  );
}

const columnsOf = (isOfOne: boolean) => [
  {
    key: 'sequence',
    title: 'Entry',
    heading: true,
    cell: ({ sequence }: AuditEntry) => sequence,
  },
  {
    key: 'at',
    title: 'Time',
    cell: ({ at }: AuditEntry) => (
      <time dateTime={at} class="small nowrap">
        {absoluteTime(at)}
      </time>
    ),
  },
  {
    key: 'request',
    title: 'Request',
    cell: ({ requestId }: AuditEntry) => (
      <>
        <a href={`/requests/${encodeURIComponent(requestId)}`}>
          <bdi>{requestId}</bdi>
        </a>
        {!isOfOne && (
          <div class="small">
            <a href={auditHref({ after: 0, request: requestId })}>
              only this<span class="visually-hidden"> request {requestId}</span>
            </a>
          </div>
        )}
      </>
    ),
  },
  {
    key: 'what',
    title: 'What',
    cell: (entry: AuditEntry) => (
      <>
        <bdi>{entryWords(entry)}</bdi>
        <EntryFacts entry={entry} />
      </>
    ),
  },
  {
    key: 'who',
    title: 'Who',
    cell: ({ actor }: AuditEntry) => <bdi>{actor.name}</bdi>,
  },
];
