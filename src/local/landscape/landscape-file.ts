import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Landscape, landscapeSchema } from '../../model/landscape.ts';
import { type LocalPerson, localPersonSchema } from './local-person.ts';

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
  /** Who may sign in at the page and the API; nobody unless listed. */
  localPeople: z.array(localPersonSchema).default([]),
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
  if (!parsed.success) throw wrong(name, z.prettifyError(parsed.error));
  const { emulatedAzure, ...rest } = parsed.data;
  const landscape = landscapeSchema.safeParse(rest);
  if (!landscape.success) throw wrong(name, z.prettifyError(landscape.error));
  const place = 'emulatedAzure.localPeople';
  const mistakes = mistakesOfPeople(emulatedAzure.localPeople, landscape.data, place);
  if (mistakes.length > 0) throw wrong(name, mistakes.join('\n'));
  return { landscape: landscape.data, emulatedAzure };
}

/** Two people of one key or identity could not be told apart; one of a foreign tenant could do nothing. */
export function mistakesOfPeople(
  people: readonly LocalPerson[],
  { managementTenant, managedTenants }: Landscape,
  place: string,
): readonly string[] {
  const tenants = [managementTenant, ...managedTenants].map(({ tenantId }) => tenantId);
  const mistakes: string[] = [];
  const seen = new Set<string>();
  const refuse = (index: number, message: string) =>
    mistakes.push(`✖ ${message}\n  → at ${place}[${index}]`);
  for (const [index, person] of people.entries()) {
    const { key, objectId, tenantId } = person;
    if (seen.has(key)) refuse(index, `Two people have the key '${key}'`);
    const identity = `${objectId} of tenant ${tenantId}`;
    if (seen.has(identity)) refuse(index, `Two people are the object ${identity}`);
    if (!tenants.includes(tenantId)) {
      refuse(index, `The landscape has no tenant ${tenantId}; its tenants: ${tenants.join(', ')}`);
    }
    seen.add(key).add(identity);
  }
  return mistakes;
}

const wrong = (name: string, mistakes: string): Error =>
  new Error(`The landscape file '${name}' is wrong; correct it:\n${mistakes}`);
