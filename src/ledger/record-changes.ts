import { type AuditDraft, recordHashOf } from '../model/audit.ts';
import { applyChange, requireNewState } from './apply-change.ts';
import { contentHash } from './content-hash.ts';
import type { Decision, RequestChange, RequestClaim, RequestRecord } from './ledger.ts';

/** A record, and what the audit trail gets for what was done to it. Both stores make every change here. */
export interface RecordChange {
  readonly record: RequestRecord;
  /** Empty when nothing was changed. */
  readonly drafts: readonly AuditDraft[];
}

/** A request that is new. */
export function claimRecord(claim: RequestClaim, at: string): RecordChange {
  const { id, request, contentHash: hash, instanceId, tenant } = claim;
  const record: RequestRecord = {
    ...{ id, request, contentHash: hash, instanceId, tenant },
    state: 'received',
    revision: 1,
    createdAt: at,
    updatedAt: at,
  };
  const { name, objectId, tenantId } = request.requester;
  const facts = {
    operation: request.operation,
    mode: request.operation === 'remove' ? request.mode : undefined,
    dryRun: request.dryRun ? 'true' : undefined,
    tenant,
    subscriptionId: request.target.subscriptionId,
    resourceGroup: request.target.resourceGroup,
    virtualNetwork: request.target.virtualNetwork,
    reason: request.reason,
    ticket: request.ticket && `${request.ticket.system} ${request.ticket.id}`,
    contentHash: hash,
  };
  const draft = draftOf('request-claimed', record, at, { name, objectId, tenantId }, facts);
  return { record, drafts: [draft] };
}

/** A change by the workflow. */
export function changeRecord(
  record: RequestRecord,
  change: RequestChange,
  at: string,
): RecordChange {
  return changeBy({ name: 'workflow' }, record, change, at);
}

/** A decision, and the change that it makes. */
export function decideRecord(
  record: RequestRecord,
  decision: Decision,
  change?: RequestChange,
): RecordChange {
  const { at, by, channel, stage, reason, planHash } = decision;
  if (change) requireNewState(record, change);
  const decided = { ...record, revision: record.revision + 1 };
  const facts = {
    decision: decision.decision,
    decisionId: decision.id,
    // Shows that the decision itself was not touched, its mail address included.
    decisionHash: contentHash(decision),
    ...{ channel, stage, reason, planHash },
  };
  const draft = draftOf('decision-recorded', decided, at, by, facts);
  if (!change) return { record: decided, drafts: [draft] };
  const changed = changeBy(by, decided, change, at);
  return { record: changed.record, drafts: [draft, ...changed.drafts] };
}

function changeBy(
  by: Person,
  before: RequestRecord,
  change: RequestChange,
  at: string,
): RecordChange {
  const record = applyChange(before, change, at);
  if (record === before) return { record, drafts: [] };
  const facts = {
    planHash: change.plan?.planHash,
    policy: change.plan?.policy.effect,
    policyRule: change.plan?.policy.rule,
    errorCode: change.error?.code,
    virtualNetworkId: change.result?.virtualNetworkId,
    leftovers: change.leftovers && String(change.leftovers.length),
  };
  return { record, drafts: [draftOf('request-changed', record, at, by, facts)] };
}

interface Person {
  readonly name: string;
  readonly objectId?: string | undefined;
  readonly tenantId?: string | undefined;
}

function draftOf(
  kind: AuditDraft['kind'],
  record: RequestRecord,
  at: string,
  { name, objectId, tenantId }: Person,
  facts: Readonly<Record<string, string | undefined>>,
): AuditDraft {
  const known = Object.entries(facts).filter((fact): fact is [string, string] => !!fact[1]);
  return {
    at,
    requestId: record.id,
    kind,
    state: record.state,
    actor: {
      name: withoutMailAddresses(name),
      ...(objectId === undefined ? {} : { objectId }),
      ...(tenantId === undefined ? {} : { tenantId }),
    },
    facts: Object.fromEntries(known.map(([key, value]) => [key, withoutMailAddresses(value)])),
    recordHash: recordHashOf(record, contentHash),
  };
}

/** The trail can never be corrected and is handed out whole: a mail address that a text holds stays out. */
const withoutMailAddresses = (text: string): string =>
  text
    .split(/([\s<>()[\]"',;:]+)/)
    .map((word) => (/.@./.test(word) ? '(mail address)' : word))
    .join('');
