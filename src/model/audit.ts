import { z } from 'zod';

/**
 * One entry of the audit trail. Entries are numbered from 1 without gaps and chained: `hash` is the
 * SHA-256 (hex) of the entry in canonical JSON without `hash` itself, and covers `previousHash`. Who
 * changes, takes out or inserts an entry breaks the chain behind it; who cuts the end off is found by
 * a head that was noted before.
 */
export const auditEntrySchema = z
  .strictObject({
    sequence: z.number().int().positive(),
    at: z.string(),
    requestId: z.string(),
    kind: z.enum(['request-claimed', 'request-changed', 'decision-recorded']),
    /** State of the request after it. */
    state: z.string(),
    /** Who did it; the workflow itself where nobody decided anything. */
    actor: z.strictObject({
      name: z.string(),
      objectId: z.string().optional(),
      tenantId: z.string().optional(),
    }),
    /** Facts for auditors: operation, tenant, decision, stage, planHash, reason, errorCode, ... */
    facts: z.record(z.string(), z.string()),
    /** SHA-256 (hex) of the request's record after it (canonical JSON, without what is yet to be published). */
    recordHash: z.string(),
    previousHash: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' });

export type AuditEntry = z.output<typeof auditEntrySchema>;

/** What happened, before it has its place in the chain. */
export type AuditDraft = Omit<AuditEntry, 'sequence' | 'previousHash' | 'hash'>;

/** The last entry: who knows it can tell whether what led to it has been changed. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}

/** `previousHash` of the first entry. */
export const auditGenesis = '0'.repeat(64);

/** The head of a trail that has no entry yet. */
export const emptyAudit: AuditHead = { sequence: 0, hash: auditGenesis };

/** SHA-256 (hex) of a value in canonical JSON; handed in, because the model computes no hashes. */
export type HashOf = (value: unknown) => string;

/** The entry that follows the head. */
export function sealEntry(head: AuditHead, draft: AuditDraft, hashOf: HashOf): AuditEntry {
  const sequence = head.sequence + 1;
  const entry = { ...draft, sequence, previousHash: head.hash };
  return { ...entry, hash: hashOf(entry) };
}

/** The hash of a record that the trail keeps: that its end is published is no change of it. */
export const recordHashOf = (record: object, hashOf: HashOf): string =>
  hashOf({ ...record, pendingEvent: undefined });

/** `GET /api/audit?order=&after=&before=&pageSize=&request=`: oldest first unless asked otherwise. */
export const auditPageSchema = z
  .strictObject({ entries: z.array(auditEntrySchema), next: z.string().optional() })
  .meta({ id: 'AuditPage' });

/** `GET /api/audit/verification`. */
export const auditVerificationSchema = z
  .strictObject({
    intact: z.boolean(),
    entries: z.number().int(),
    head: z.strictObject({ sequence: z.number().int(), hash: z.string() }),
    /** What does not fit, each as a sentence; at most 20 are told. */
    problems: z.array(z.string()),
  })
  .meta({ id: 'AuditVerification' });

export type AuditPage = z.output<typeof auditPageSchema>;
export type AuditVerification = z.output<typeof auditVerificationSchema>;
