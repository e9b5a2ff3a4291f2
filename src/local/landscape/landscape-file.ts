import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Landscape, landscapeSchema } from '../../model/landscape.ts';

/** How complete the emulated set-up of a managed tenant is; absent members mean complete. */
const emulatedTenantSchema = z.strictObject({
  resourceGroups: z.array(z.string().min(1)).min(1).default(['rg-vending']),
  /** Role of the application on the subscriptions, or `none`. */
  role: z.enum(['Network Contributor', 'Reader', 'none']).default('Network Contributor'),
  /** Whether the application has a service principal in the tenant. */
  servicePrincipal: z.boolean().default(true),
  connection: z.enum(['both-sides', 'management-side-only', 'none']).default('both-sides'),
});

/** What the emulated Azure holds beyond the landscape; production never reads it. */
const emulatedAzureSchema = z.strictObject({
  /** Address prefixes of the pools, by alias. */
  poolPrefixes: z.record(z.string(), z.array(z.string()).min(1)).default({}),
  /** By alias of the managed tenant. */
  tenants: z.record(z.string(), emulatedTenantSchema).default({}),
});

const landscapeFileSchema = z.looseObject({ emulatedAzure: emulatedAzureSchema.prefault({}) });

export type EmulatedAzure = z.output<typeof emulatedAzureSchema>;
export type EmulatedTenant = z.output<typeof emulatedTenantSchema>;

export interface LandscapeFile {
  readonly landscape: Landscape;
  readonly emulatedAzure: EmulatedAzure;
}

export const completeTenant: EmulatedTenant = emulatedTenantSchema.parse({});

const exampleFile = new URL('./example-landscape.json', import.meta.url);

/** Reads a landscape file, the built-in example by default, and checks it. */
export function readLandscapeFile(file?: string): LandscapeFile {
  const name = file ?? 'built-in example';
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file ?? exampleFile, 'utf8'));
  } catch (error) {
    throw new Error(
      `The landscape file '${name}' cannot be read as JSON: ${(error as Error).message} Name an existing JSON file with --landscape.`,
    );
  }
  const parsed = landscapeFileSchema.safeParse(json);
  if (!parsed.success) throw wrong(name, parsed.error);
  const { emulatedAzure, ...rest } = parsed.data;
  const landscape = landscapeSchema.safeParse(rest);
  if (!landscape.success) throw wrong(name, landscape.error);
  return { landscape: landscape.data, emulatedAzure };
}

const wrong = (name: string, error: z.ZodError): Error =>
  new Error(`The landscape file '${name}' is wrong; correct it:\n${z.prettifyError(error)}`);
