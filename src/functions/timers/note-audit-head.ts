import type { App } from '../app.ts';
import { logEvent } from '../telemetry/log-event.ts';
import type { LogTarget } from '../telemetry/scope.ts';

/**
 * Writes the head of the audit trail into the log, which is kept somewhere else than the ledger: who can
 * write the whole ledger anew cannot write anew what the log has of it (docs/ledger.md).
 */
export async function noteAuditHead(
  { ledger }: Pick<App, 'ledger'>,
  log: LogTarget,
): Promise<void> {
  logEvent('audit.head', await ledger.auditHead(), log);
}
