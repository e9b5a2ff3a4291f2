import { afterAll, beforeAll } from 'vitest';
import { openTableLedger } from '../../src/ledger/table-ledger.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { describeLedgerContract } from './ledger-contract.ts';
import { rawTable } from './raw-store.ts';

let azurite: Azurite;
let tables = 0;

beforeAll(async () => {
  azurite = await startAzurite();
});

afterAll(() => azurite.close());

describeLedgerContract('Table Storage', async () => {
  const table = `ledger${++tables}`;
  return {
    open: async () => openTableLedger({ connectionString: azurite.connectionString }, table),
    raw: rawTable(azurite.connectionString, table),
    dispose: async () => {},
  };
});
