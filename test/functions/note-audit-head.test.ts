import { expect, it } from 'vitest';
import { noteAuditHead } from '../../src/functions/timers/note-audit-head.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import { at, claimOf } from '../ledger/contract-samples.ts';

it('the head of the audit trail is in the log, so that somebody else has it too', async () => {
  const ledger = openSqliteLedger(':memory:');
  await ledger.claimRequest(claimOf('RITM1'), at);
  const lines: unknown[] = [];
  await noteAuditHead({ ledger }, { log: (...line) => lines.push(...line) });
  const { hash } = await ledger.auditHead();
  expect(lines).toEqual([`The audit trail ends with entry 1, hash ${hash}.`]);
  await ledger.close();
});
