import type { InvocationContext } from '@azure/functions';
import type { App } from '../app.ts';

/**
 * Writes the head of the audit trail into the log, which is kept somewhere else than the ledger: who can
 * write the whole ledger anew cannot write anew what the log has of it (docs/ledger.md).
 */
export async function noteAuditHead(
  { ledger }: Pick<App, 'ledger'>,
  context: Pick<InvocationContext, 'log'>,
): Promise<void> {
  const { sequence, hash } = await ledger.auditHead();
  context.log(`The audit trail ends with entry ${sequence}, hash ${hash}.`);
}
