import { z } from 'zod';
import { mostPerPage } from '../../../ledger/paging.ts';
import { trailOf, verifyLedger } from '../../../ledger/verify-ledger.ts';
import { type AuditEntry, auditPageSchema, auditVerificationSchema } from '../../../model/audit.ts';
import { limits } from '../../../model/limits.ts';
import { requestIdSchema } from '../../../model/requests.ts';
import { ok } from '../answer.ts';
import { csvLine } from '../csv.ts';
import { newestFirst } from '../newest-first.ts';
import { linkTo } from '../paging.ts';
import { defineRoute } from '../route.ts';

const afterSchema = z.coerce
  .number()
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .default(0)
  .meta({ description: 'Only entries behind this sequence.' });

export const listAudit = defineRoute({
  name: 'listAudit',
  method: 'GET',
  path: 'api/audit',
  summary: 'The audit trail, oldest first unless asked otherwise',
  access: 'audit.read',
  query: z
    .strictObject({
      order: z
        .enum(['oldest', 'newest'])
        .default('oldest')
        .meta({ description: 'Which come first.' }),
      after: afterSchema,
      before: z.coerce
        .number()
        .int()
        .min(1)
        .max(Number.MAX_SAFE_INTEGER)
        .optional()
        .meta({ description: 'With order=newest: only entries before this sequence.' }),
      request: requestIdSchema.optional().meta({ description: 'Only entries about this request.' }),
      pageSize: z.coerce.number().int().min(1).max(mostPerPage).default(100),
    })
    .refine(
      ({ order, after, before }) => (order === 'newest' ? after === 0 : before === undefined),
      {
        error: 'after goes with order=oldest, before with order=newest',
      },
    ),
  answers: { 200: { description: 'A page of entries.', schema: auditPageSchema } },
  handle: async ({ app, query }) => {
    const { order, after, before, request, pageSize } = query;
    if (order === 'newest') {
      const page = await newestFirst(app.ledger, { before, requestId: request, pageSize });
      const more = { order, request, pageSize, before: page.before };
      return ok({
        entries: page.entries,
        ...(page.before === undefined ? {} : { next: linkTo('/api/audit', more) }),
      });
    }
    const { entries, next } = await app.ledger.listAudit({
      after,
      pageSize,
      ...(request === undefined ? {} : { requestId: request }),
    });
    return ok({
      entries,
      ...(next === undefined
        ? {}
        : { next: linkTo('/api/audit', { request, pageSize, after: next }) }),
    });
  },
});

export const verifyAudit = defineRoute({
  name: 'verifyAudit',
  method: 'GET',
  path: 'api/audit/verification',
  summary: 'Whether the audit trail is untouched',
  description:
    'Follows the chain from the first entry, and compares records and decisions with it. Who does not trust ' +
    'the server follows the trail alone: `vnetv audit verify`.',
  access: 'audit.read',
  cost: 30,
  answers: { 200: { description: 'What was found.', schema: auditVerificationSchema } },
  handle: async ({ app }) => ok(await verifyLedger(app.ledger)),
});

export const exportAudit = defineRoute({
  name: 'exportAudit',
  method: 'GET',
  path: 'api/audit/export',
  summary: 'The audit trail as a file',
  description:
    `One answer holds at most ${limits.auditExportEntries} entries; when there are more, the header \`link\` ` +
    'names the next part. In CSV a cell that a spreadsheet would take for a formula begins with an apostrophe.',
  access: 'audit.read',
  cost: 30,
  query: z.strictObject({ format: z.enum(['jsonl', 'csv']).default('jsonl'), after: afterSchema }),
  answers: {
    200: {
      description: 'The entries, one a line; CSV has a line of names first.',
      mediaTypes: ['application/jsonl', 'text/csv'],
      headers: { link: 'The next part (rel="next"), if there is more.' },
    },
  },
  handle: async ({ app, query: { format, after } }) => {
    const entries: AuditEntry[] = [];
    let isMore = false;
    for await (const entry of trailOf(app.ledger, after)) {
      isMore = entries.length === limits.auditExportEntries;
      if (isMore) break;
      entries.push(entry);
    }
    const next = linkTo('/api/audit/export', { format, after: entries.at(-1)?.sequence ?? after });
    return {
      status: 200,
      headers: {
        'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl',
        'content-disposition': `attachment; filename="audit.${format}"`,
        ...(isMore ? { link: `<${next}>; rel="next"` } : {}),
      },
      body: format === 'csv' ? csvOf(entries) : entries.map(jsonLine).join(''),
    };
  },
});

const jsonLine = (entry: AuditEntry): string => `${JSON.stringify(entry)}\n`;

const columns = [
  'sequence',
  'at',
  'requestId',
  'kind',
  'state',
  'actor',
  'actorObjectId',
  'actorTenantId',
  'facts',
  'recordHash',
  'previousHash',
  'hash',
];

const csvOf = (entries: readonly AuditEntry[]): string =>
  [
    csvLine(columns),
    ...entries.map(({ sequence, at, requestId, kind, state, actor, facts, ...hashes }) =>
      csvLine([
        sequence,
        at,
        requestId,
        kind,
        state,
        actor.name,
        actor.objectId ?? '',
        actor.tenantId ?? '',
        JSON.stringify(facts),
        hashes.recordHash,
        hashes.previousHash,
        hashes.hash,
      ]),
    ),
  ].join('');
