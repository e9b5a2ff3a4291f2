// A process that claims request ids one after another, does with each what a workflow does, and tells
// each answer once the ledger has given it. Arguments: ledger file, first number, how many, own name.
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import { sampleRequest } from '../model/samples.ts';

const [file = '', first = '0', count = '0', name = ''] = process.argv.slice(2);
const at = new Date(0).toISOString();
const ledger = openSqliteLedger(file);
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
