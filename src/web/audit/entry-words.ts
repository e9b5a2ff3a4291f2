import type { AuditEntry } from '../../model/audit.ts';

const decisionWords: Readonly<Record<string, string>> = {
  approve: 'Approved',
  reject: 'Rejected',
  'break-glass': 'Approved by break-glass',
  cancel: 'Cancelled',
  resume: 'Resumed',
  escalate: 'Escalated',
  expire: 'Expired',
};

/** What an entry is about, in a few words. */
export function entryWords({ kind, state, facts }: AuditEntry): string {
  if (kind === 'request-claimed') {
    const operation = facts['operation'] ?? 'request';
    const mode = facts['mode'] === undefined ? '' : ` (${facts['mode']})`;
    const target = facts['virtualNetwork'] === undefined ? '' : ` ${facts['virtualNetwork']}`;
    return `Accepted: ${operation}${mode}${target}`;
  }
  if (kind === 'decision-recorded') {
    const decision = facts['decision'] ?? '';
    const stage = facts['stage'] === undefined ? '' : `, stage ${facts['stage']}`;
    return `${decisionWords[decision] ?? `Decision: ${decision}`}${stage}`;
  }
  const error = facts['errorCode'] === undefined ? '' : `, ${facts['errorCode']}`;
  return `Now ${state}${error}`;
}
