import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Landscape } from '../../model/landscape.ts';
import { mostBodyBytes, tenantsOf } from '../platform.ts';

export interface FuncAppOptions {
  /** The built function app. */
  readonly appDir: string;
  /** Where Core Tools are started; made anew each time. */
  readonly outDir: string;
  readonly landscape: Landscape;
  /** Connection strings. */
  readonly storage: string;
  readonly serviceBus: string;
  readonly principalKey: string;
  /** Where people open the page. */
  readonly pageUrl: string;
  /** Endpoints and credential of the emulated Azure. */
  readonly azureSettings: Readonly<Record<string, string>>;
}

/** The folder in which `func start` runs: the built app, unchanged, with settings for this machine. */
export function makeFuncApp(options: FuncAppOptions): void {
  const { appDir, outDir, landscape } = options;
  rmSync(outDir, { recursive: true, force: true });
  cpSync(appDir, outDir, { recursive: true });
  const landscapeFile = join(outDir, 'landscape.json');
  writeFileSync(landscapeFile, `${JSON.stringify(landscape, undefined, 2)}\n`);
  const settings = { IsEncrypted: false, Values: funcSettings(options, landscapeFile) };
  writeFileSync(
    join(outDir, 'local.settings.json'),
    `${JSON.stringify(settings, undefined, 2)}\n`,
    // It holds the key by which the app believes who somebody is.
    { mode: 0o600 },
  );
}

/** The app settings: those of Azure, with connection strings of emulators in place of identities. */
function funcSettings(options: FuncAppOptions, landscapeFile: string): Record<string, string> {
  const { landscape, storage, serviceBus, principalKey, pageUrl, azureSettings } = options;
  return {
    FUNCTIONS_WORKER_RUNTIME: 'node',
    AzureWebJobsStorage: storage,
    AzureWebJobsDisableHomepage: 'true',
    ServiceBusConnection: serviceBus,
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: String(mostBodyBytes),
    VNETV_LANDSCAPE_FILE: landscapeFile,
    VNETV_LEDGER_TABLE_CONNECTION: storage,
    VNETV_ALLOWED_TENANTS: tenantsOf(landscape).join(','),
    VNETV_PAGE_URL: pageUrl,
    VNETV_LOCAL_PRINCIPAL_KEY: principalKey,
    ...azureSettings,
  };
}
