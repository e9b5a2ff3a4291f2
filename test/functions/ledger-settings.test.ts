import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ledgerPlaceIn, ledgerSettingsShape } from '../../src/functions/ledger-settings.ts';

const schema = z.object(ledgerSettingsShape);
const placeIn = (settings: Readonly<Record<string, string>>) =>
  ledgerPlaceIn(schema.parse(settings));

const endpoint = 'https://contosovnets.table.core.windows.net';
const connectionString = 'UseDevelopmentStorage=true';

describe('the place of the ledger', () => {
  it('is a file, a table of Azure or a table of Azurite', () => {
    expect(placeIn({ VNETV_LEDGER_FILE: '/data/ledger.db' })).toEqual({ file: '/data/ledger.db' });
    expect(placeIn({ VNETV_LEDGER_TABLE_ENDPOINT: endpoint })).toEqual({
      endpoint,
      table: 'vnetvending',
    });
    const identityClientId = 'cccccccc-0000-4000-8000-000000000001';
    expect(
      placeIn({
        VNETV_LEDGER_TABLE_ENDPOINT: endpoint,
        VNETV_LEDGER_TABLE: 'vnets',
        AZURE_CLIENT_ID: identityClientId,
      }),
    ).toEqual({ endpoint, table: 'vnets', identityClientId });
    expect(placeIn({ VNETV_LEDGER_TABLE_CONNECTION: connectionString })).toEqual({
      connectionString,
      table: 'vnetvending',
    });
  });

  it.each([
    {},
    { VNETV_LEDGER_TABLE: 'vnets' },
    { VNETV_LEDGER_FILE: 'f', VNETV_LEDGER_TABLE_ENDPOINT: endpoint },
    { VNETV_LEDGER_FILE: 'f', VNETV_LEDGER_TABLE_CONNECTION: connectionString },
    { VNETV_LEDGER_TABLE_ENDPOINT: endpoint, VNETV_LEDGER_TABLE_CONNECTION: connectionString },
  ])('is exactly one, so that %j stops the app', (settings) => {
    expect(() => placeIn(settings)).toThrow(/exactly one of VNETV_LEDGER_FILE/);
  });

  it.each([
    { VNETV_LEDGER_FILE: '' },
    { VNETV_LEDGER_TABLE_ENDPOINT: 'http://contosovnets.table.core.windows.net' },
    { VNETV_LEDGER_TABLE_ENDPOINT: 'contosovnets' },
    { VNETV_LEDGER_TABLE_ENDPOINT: endpoint, VNETV_LEDGER_TABLE: 'vnet-vending' },
    { VNETV_LEDGER_TABLE_ENDPOINT: endpoint, AZURE_CLIENT_ID: 'mine' },
  ])('is refused when it is wrong: %j', (settings) => {
    expect(() => placeIn(settings)).toThrow(z.ZodError);
  });
});
