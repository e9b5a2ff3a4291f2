import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/functions/settings.ts';
import { ids, sampleLandscape } from '../model/samples.ts';

const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'landscape.json');
writeFileSync(file, JSON.stringify(sampleLandscape()));

const read = (change: Readonly<Record<string, string>> = {}) =>
  readSettings({
    VNETV_LANDSCAPE_FILE: file,
    VNETV_LEDGER_FILE: 'ledger.db',
    VNETV_LOCAL_PRINCIPAL_KEY: 'k'.repeat(32),
    ServiceBusConnection__fullyQualifiedNamespace: 'contoso.servicebus.windows.net',
    ...change,
  });

describe('the cloud', () => {
  it('is the public one unless set, and decides about endpoints and token', () => {
    expect(read()).toMatchObject({
      endpoints: {
        resourceManager: 'https://management.azure.com',
        authority: 'https://login.microsoftonline.com',
      },
    });
    expect(read({ VNETV_CLOUD: 'china' })).toMatchObject({
      endpoints: {
        resourceManager: 'https://management.chinacloudapi.cn',
        authority: 'https://login.chinacloudapi.cn',
      },
      cloud: { resourceManagerScope: 'https://management.chinacloudapi.cn/.default' },
    });
  });

  it('may be reached at other endpoints', () => {
    const own = {
      VNETV_RESOURCE_MANAGER: 'https://a.example',
      VNETV_AUTHORITY: 'https://b.example',
    };
    expect(read(own).endpoints).toEqual({
      resourceManager: 'https://a.example',
      authority: 'https://b.example',
    });
  });

  it('that there is not stops the app', () => {
    expect(() => read({ VNETV_CLOUD: 'germany' })).toThrow(/VNETV_CLOUD/);
  });
});

describe('the tenants whose people may call', () => {
  it('are the management tenant alone unless set', () => {
    expect(read().allowedTenants).toEqual([ids.managementTenant]);
    expect(read({ VNETV_ALLOWED_TENANTS: ' ' }).allowedTenants).toEqual([ids.managementTenant]);
  });

  it('are listed with commas, in any case', () => {
    const list = `${ids.managementTenant.toUpperCase()}, ${ids.managedTenant}`;
    expect(read({ VNETV_ALLOWED_TENANTS: list }).allowedTenants).toEqual([
      ids.managementTenant,
      ids.managedTenant,
    ]);
  });

  it('are ids: a domain stops the app', () => {
    expect(() => read({ VNETV_ALLOWED_TENANTS: 'contoso.com' })).toThrow(/VNETV_ALLOWED_TENANTS/);
  });
});
