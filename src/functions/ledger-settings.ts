import { z } from 'zod';

/** The app settings that say where the ledger is; exactly one of the first three must be given. */
export const ledgerSettingsShape = {
  /** SQLite file, for one machine. */
  VNETV_LEDGER_FILE: z.string().min(1).optional(),
  /** Table endpoint of a storage account, such as `https://contosovnets.table.core.windows.net`; no key is needed. */
  VNETV_LEDGER_TABLE_ENDPOINT: z.url({ protocol: /^https$/ }).optional(),
  /** Connection string with a key, for Azurite. */
  VNETV_LEDGER_TABLE_CONNECTION: z.string().min(1).optional(),
  /** Name of the table; it is made when there is none. */
  VNETV_LEDGER_TABLE: z
    .string()
    .regex(
      /^[A-Za-z][A-Za-z0-9]{2,62}$/,
      'must be a table name: 3 to 63 letters and digits, beginning with a letter',
    )
    .default('vnetvending'),
  /** Of a user-assigned managed identity; the table is reached as the system-assigned one without it. */
  AZURE_CLIENT_ID: z.guid().optional(),
};

/** Where the ledger is. */
export type LedgerPlace =
  | { readonly file: string }
  | {
      readonly endpoint: string;
      readonly table: string;
      readonly identityClientId: string | undefined;
    }
  | { readonly connectionString: string; readonly table: string };

type LedgerSettings = z.output<z.ZodObject<typeof ledgerSettingsShape>>;

/** Throws unless exactly one place is given: a ledger in two halves would be none. */
export function ledgerPlaceIn(settings: LedgerSettings): LedgerPlace {
  const {
    VNETV_LEDGER_FILE: file,
    VNETV_LEDGER_TABLE_ENDPOINT: endpoint,
    VNETV_LEDGER_TABLE_CONNECTION: connectionString,
    VNETV_LEDGER_TABLE: table,
    AZURE_CLIENT_ID: identityClientId,
  } = settings;
  const places: readonly LedgerPlace[] = [
    ...(file === undefined ? [] : [{ file }]),
    ...(endpoint === undefined ? [] : [{ endpoint, table, identityClientId }]),
    ...(connectionString === undefined ? [] : [{ connectionString, table }]),
  ];
  const [place] = places;
  if (place && places.length === 1) return place;
  throw new Error(
    `App settings are missing or wrong. The ledger has one place, but ${places.length} are given. ` +
      'Set exactly one of VNETV_LEDGER_FILE, VNETV_LEDGER_TABLE_ENDPOINT and VNETV_LEDGER_TABLE_CONNECTION.',
  );
}
