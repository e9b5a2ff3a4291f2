import { expect, it, onTestFinished } from 'vitest';
import { observedLedger } from '../../../src/functions/telemetry/observed-ledger.ts';
import { inScope } from '../../../src/functions/telemetry/scope.ts';
import { openSqliteLedger } from '../../../src/ledger/sqlite-ledger.ts';
import { at, claimOf, decisionOf, later } from '../../ledger/contract-samples.ts';

function start() {
  const ledger = openSqliteLedger(':memory:');
  onTestFinished(() => ledger.close());
  const told: string[] = [];
  const log = (line: string) => {
    const { event, requestId, state } = JSON.parse(line);
    if (event === 'request.state') told.push(`${requestId} ${state}`);
  };
  const target = { log, warn: log, error: log };
  return { ledger, told, run: <T>(act: () => T): T => inScope({ target, facts: {} }, act) };
}

it('each state is told once, whoever repeats it: also by an instance of the app that has just started', async () => {
  const { ledger, told, run } = start();
  await run(async () => {
    const first = observedLedger(ledger);
    await first.claimRequest(claimOf('RITM1'), at);
    await first.claimRequest(claimOf('RITM1'), later);
    await first.updateRequest('RITM1', { state: 'planning' }, at);
    await first.updateRequest('RITM1', { state: 'failed' }, at);
    await observedLedger(ledger).updateRequest('RITM1', { state: 'failed' }, later);
  });
  expect(told).toEqual(['RITM1 received', 'RITM1 planning', 'RITM1 failed']);
});

it('a state that comes with a decision is told, and a decision that changes none is not', async () => {
  const { ledger, told, run } = start();
  await run(async () => {
    const observed = observedLedger(ledger);
    await observed.claimRequest(claimOf('RITM1'), at);
    await observed.recordDecision(decisionOf('D-1', 'RITM1'));
    const change = { state: 'cancelled' } as const;
    await observed.recordDecision(decisionOf('D-2', 'RITM1'), { change });
    await observed.recordDecision(decisionOf('D-2', 'RITM1'), { change });
  });
  expect(told).toEqual(['RITM1 received', 'RITM1 cancelled']);
});

it('everything else is that of the ledger', async () => {
  const { ledger, run } = start();
  const observed = observedLedger(ledger);
  await run(() => observed.claimRequest(claimOf('RITM1'), at));
  expect(await observed.getRequest('RITM1')).toEqual(await ledger.getRequest('RITM1'));
  expect(await observed.auditHead()).toEqual(await ledger.auditHead());
});
