import { ManagedIdentityCredential } from '@azure/identity';
import type { Ledger } from '../ledger/ledger.ts';
import { openSqliteLedger } from '../ledger/sqlite-ledger.ts';
import { openTableLedger } from '../ledger/table-ledger.ts';
import type { LedgerPlace } from './ledger-settings.ts';

/**
 * Opens the ledger where the settings say. The app comes to a table of Azure as its managed identity, so
 * that no key is needed.
 */
export function openLedger(place: LedgerPlace): Ledger {
  if ('file' in place) return openSqliteLedger(place.file);
  const { table } = place;
  if ('connectionString' in place) return openTableLedger(place, table);
  const { endpoint, identityClientId: clientId } = place;
  const credential =
    clientId === undefined
      ? new ManagedIdentityCredential()
      : new ManagedIdentityCredential({ clientId });
  return openTableLedger({ endpoint, credential }, table);
}
