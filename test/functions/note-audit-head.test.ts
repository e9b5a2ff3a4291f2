import { expect, it } from 'vitest';
import { noteAuditHead } from '../../src/functions/timers/note-audit-head.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import { at, claimOf } from '../ledger/contract-samples.ts';

it('the head of the audit trail is in the log, so that somebody else has it too', async () => {
  const ledger = openSqliteLedger(':memory:');
  await ledger.claimRequest(claimOf('RITM1'), at);
  const lines: unknown[] = [];
  await noteAuditHead({ ledger }, { ...console, log: (line) => lines.push(JSON.parse(line)) });
  const { hash } = await ledger.auditHead();
  expect(lines).toEqual([{ event: 'audit.head', sequence: 1, hash }]);
  await ledger.close();
});
