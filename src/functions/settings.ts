import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Cloud, cloudNames, clouds } from '../azure/clouds.ts';
import { type Landscape, landscapeSchema } from '../model/landscape.ts';
import { guidSchema } from '../model/landscape-parts.ts';
import type { Authentication } from './http/authentication.ts';
import { readAuthentication } from './http/read-authentication.ts';
import { type LedgerPlace, ledgerPlaceIn, ledgerSettingsShape } from './ledger-settings.ts';
import {
  type ServiceBusPlace,
  serviceBusPlaceIn,
  serviceBusSettingsShape,
} from './service-bus-settings.ts';

/**
 * Longer than the broker repeats anything: the topic knows a message again for a day, and a message that
 * cannot be taken in comes ten times within an hour.
 */
const leastDaysKept = 2;

const settingsSchema = z.object({
  ...serviceBusSettingsShape,
  /** JSON file: tenants, pools, policy. */
  VNETV_LANDSCAPE_FILE: z.string().min(1),
  ...ledgerSettingsShape,
  /** Which of Azure's clouds the tenants are in. */
  VNETV_CLOUD: z.enum(cloudNames).default('public'),
  /** Endpoints that stand for those of the cloud. */
  VNETV_RESOURCE_MANAGER: z.url().optional(),
  VNETV_AUTHORITY: z.url().optional(),
  /** `true` for an authority that Microsoft's instance discovery does not know. */
  VNETV_DISABLE_INSTANCE_DISCOVERY: z.enum(['true', 'false']).default('false'),
  /** Ids of the tenants whose people and applications may call the API; the management tenant alone unless given. */
  VNETV_ALLOWED_TENANTS: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .pipe(z.array(guidSchema))
    .default([]),
  /** Address of the page, for the links in events, if it is not VNETV_PUBLIC_ORIGIN; with neither they have none. */
  VNETV_PAGE_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Time limit of one request to Entra ID or Resource Manager; unless given, that of the clients. */
  VNETV_REQUEST_TIMEOUT_SECONDS: z.coerce.number().positive().max(300).optional(),
  /** For how many days the history of an orchestration is kept after its end. */
  VNETV_KEEP_INSTANCES_DAYS: z.coerce.number().int().min(leastDaysKept).max(3650).default(30),
  /** How many calls of the API a caller has in a minute, on one instance of the app. */
  VNETV_RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(10).max(1_000_000).default(600),
  /** Where the app is published, if another host stands before it: `https://vnets.contoso.com`. */
  VNETV_PUBLIC_ORIGIN: z
    .url({ protocol: /^https$/ })
    .transform((url) => new URL(url).origin)
    .optional(),
});

export interface Settings extends z.output<typeof settingsSchema> {
  readonly landscape: Landscape;
  readonly authentication: Authentication;
  readonly allowedTenants: readonly string[];
  readonly ledger: LedgerPlace;
  readonly serviceBus: ServiceBusPlace;
  readonly cloud: Cloud;
  readonly endpoints: Pick<Cloud, 'resourceManager' | 'authority'>;
  /** All app settings: the landscape names the one that holds the application's secret. */
  readonly all: Readonly<Record<string, string | undefined>>;
}

/** Reads and checks the app settings. A wrong value stops the app, with the name of the setting. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const parsed = settingsSchema.safeParse(environment);
  if (!parsed.success) {
    throw new Error(`App settings are missing or wrong.\n${z.prettifyError(parsed.error)}`);
  }
  const landscape = readLandscape(parsed.data.VNETV_LANDSCAPE_FILE);
  const { VNETV_ALLOWED_TENANTS: allowedTenants } = parsed.data;
  const cloud = clouds[parsed.data.VNETV_CLOUD];
  return {
    ...parsed.data,
    cloud,
    endpoints: {
      resourceManager: parsed.data.VNETV_RESOURCE_MANAGER ?? cloud.resourceManager,
      authority: parsed.data.VNETV_AUTHORITY ?? cloud.authority,
    },
    serviceBus: serviceBusPlaceIn(parsed.data),
    landscape,
    authentication: readAuthentication(environment),
    allowedTenants:
      allowedTenants.length > 0 ? allowedTenants : [landscape.managementTenant.tenantId],
    ledger: ledgerPlaceIn(parsed.data),
    all: { ...environment },
  };
}

/** Reads and checks a landscape file. */
function readLandscape(file: string): Landscape {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`The landscape file '${file}' cannot be read as JSON: ${String(error)}`);
  }
  const parsed = landscapeSchema.safeParse(json);
  if (!parsed.success) {
    throw new Error(`The landscape file '${file}' is wrong.\n${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}
