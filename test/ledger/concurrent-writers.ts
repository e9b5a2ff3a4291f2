import type { Ledger } from '../../src/ledger/ledger.ts';
import { verifyLedger } from '../../src/ledger/verify-ledger.ts';
import { at, claimOf, decisionOf } from './contract-samples.ts';

export interface Writing {
  /** Ledgers on one store; writers share them in turn. */
  readonly ledgers: readonly Ledger[];
  readonly writers: number;
  readonly rounds: number;
  readonly requests: number;
}

/**
 * Writers that record decisions on the same few requests, one after another, all at once. Each decision
 * reads the record, raises its revision by one and continues the one audit trail, so that a lost update
 * shows as a revision, a decision or an entry that is missing. Answers what does not fit.
 */
export async function writeAtOnce({
  ledgers,
  writers,
  rounds,
  requests,
}: Writing): Promise<readonly string[]> {
  const [ledger] = ledgers;
  if (!ledger) throw new Error('No ledger was given.');
  const ids = Array.from({ length: requests }, (_, index) => `RITM${index}`);
  for (const id of ids) await ledger.claimRequest(claimOf(id), at);
  const answers: string[] = [];
  const write = async (writer: number): Promise<void> => {
    const own = ledgers[writer % ledgers.length] as Ledger;
    for (let round = 0; round < rounds; round++) {
      const id = ids[(writer + round) % ids.length] as string;
      answers.push(await own.recordDecision(decisionOf(`d-${writer}-${round}`, id)));
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));

  const faults = answers.flatMap((answer) => (answer === 'recorded' ? [] : [`heard ${answer}`]));
  let decisions = 0;
  for (const id of ids) {
    const found = new Set((await ledger.listDecisions(id)).map((decision) => decision.id));
    decisions += found.size;
    const revision = (await ledger.getRequest(id))?.revision;
    if (revision !== 1 + found.size) {
      faults.push(`${id} has ${found.size} decisions and the revision ${revision}`);
    }
  }
  const written = writers * rounds;
  if (decisions !== written) faults.push(`${written} decisions were made, ${decisions} are there`);
  const { sequence } = await ledger.auditHead();
  if (sequence !== written + requests) faults.push(`the trail has ${sequence} entries`);
  return [...faults, ...(await verifyLedger(ledger)).problems];
}
