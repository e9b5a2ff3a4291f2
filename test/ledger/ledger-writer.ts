// A process that claims request ids one after another, does with each what a workflow does, and tells
// each answer once the ledger has given it. Arguments: place of the ledger (JSON), first number, how many,
// own name.
import type { Ledger } from '../../src/ledger/ledger.ts';
import { sampleRequest } from '../model/samples.ts';

/** A file, or a table of Azurite. */
export type WriterPlace =
  | { readonly file: string }
  | { readonly connectionString: string; readonly table: string };

async function openLedger(place: WriterPlace): Promise<Ledger> {
  // Each loads quickly what it needs, and nothing else.
  if ('file' in place) {
    const { openSqliteLedger } = await import('../../src/ledger/sqlite-ledger.ts');
    return openSqliteLedger(place.file);
  }
  const { openTableLedger } = await import('../../src/ledger/table-ledger.ts');
  return openTableLedger(place, place.table);
}

const [place = '', first = '0', count = '0', name = ''] = process.argv.slice(2);
const at = new Date(0).toISOString();
const ledger = await openLedger(JSON.parse(place) as WriterPlace);
for (let number = Number(first); number < Number(first) + Number(count); number += 1) {
  const id = `RITM${number}`;
  const answer = await ledger.claimRequest(
    {
      id,
      request: sampleRequest({ id }),
      contentHash: 'hash',
      instanceId: name,
      tenant: 'fabrikam',
    },
    at,
  );
  await ledger.updateRequest(id, { state: 'planning' }, at);
  await ledger.claimVirtualNetwork(`/vnet-${number % 3}`, id);
  await ledger.releaseVirtualNetwork(`/vnet-${number % 3}`, id);
  process.stdout.write(`${id} ${answer.status}\n`);
}
await ledger.close();
