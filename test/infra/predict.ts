import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { findBicep } from '../../scripts/find-bicep.ts';
import { projectRoot } from '../../scripts/sources.ts';
import { BicepRpc } from './bicep-rpc.ts';

const found = findBicep();

/** Why the tests of infra/ cannot run, if they cannot. */
export const missing = 'missing' in found ? found.missing : undefined;

/** Milliseconds. The compiler takes two seconds for a template, and far more on a busy machine. */
export const timeout = 240_000;

export const subscriptionId = 'aaaaaaaa-0000-4000-8000-00000000000a';
export const tenantId = 'aaaaaaaa-0000-4000-8000-0000000000aa';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly location?: string;
  readonly kind?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly sku?: { readonly name: string };
  readonly identity?: { readonly type: string };
  // biome-ignore lint/suspicious/noExplicitAny: every type of resource has other members; expectations name them.
  readonly properties: any;
}

export interface Prediction {
  readonly resources: readonly Resource[];
  /** Compares without case, as Azure does. */
  ofType(type: string): readonly Resource[];
  /** The only resource of a type, or the only one with that name. */
  one(type: string, name?: string | RegExp): Resource;
}

const infra = join(projectRoot, 'infra');

/**
 * What a template of infra/ would deploy with these parameters, worked out by the Bicep compiler. What is
 * known only after deployment stays an expression in brackets. Test files share what was worked out: it
 * takes seconds.
 */
export async function predict(
  template: string,
  parameters: Readonly<Record<string, Json>>,
): Promise<Prediction> {
  const lines = Object.entries(parameters).map(
    ([name, value]) => `param ${name} = ${literal(value)}`,
  );
  const hash = createHash('sha256').update(JSON.stringify([template, lines]));
  for (const name of readdirSync(infra, { recursive: true, encoding: 'utf8' }).toSorted()) {
    if (/\.(bicep|json)$/.test(name)) hash.update(readFileSync(join(infra, name)));
  }
  const kept = join(tmpdir(), `vnet-vending-infra-${hash.digest('hex')}.json`);
  if (!existsSync(kept)) writeFileSync(kept, await workOut(template, lines));
  return predictionOf(JSON.parse(readFileSync(kept, 'utf8')).predictedResources);
}

let compiler: BicepRpc | undefined;

async function workOut(template: string, lines: readonly string[]): Promise<string> {
  if ('missing' in found) throw new Error(found.missing);
  compiler ??= new BicepRpc(found.bicep.file);
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-infra-'));
  try {
    const using = relative(folder, join(infra, template));
    const file = join(folder, 'test.bicepparam');
    writeFileSync(file, [`using '${using}'`, ...lines, ''].join('\n'));
    return await compiler.snapshot(file, { tenantId, subscriptionId, location: 'westeurope' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function predictionOf(resources: readonly Resource[]): Prediction {
  const ofType = (type: string) =>
    resources.filter((each) => each.type.toLowerCase() === type.toLowerCase());
  return {
    resources,
    ofType,
    one: (type, name) => {
      const matching = ofType(type).filter(
        (each) => name === undefined || new RegExp(name).test(each.name),
      );
      const [first] = matching;
      if (first === undefined || matching.length > 1) {
        throw new Error(`There are ${matching.length} resources of type ${type} (${name}).`);
      }
      return first;
    },
  };
}

/** A value as Bicep writes it. */
function literal(value: Json): string {
  if (typeof value === 'string')
    return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  const members = Object.entries(value).map(
    ([key, member]) => `${literal(key)}: ${literal(member)}`,
  );
  return `{ ${members.join(', ')} }`;
}

export const signInClientId = '11111111-1111-4111-8111-111111111111';
export const ticketSystem = '22222222-2222-4222-8222-222222222222';
export const eventReader = '33333333-3333-4333-8333-333333333333';
export const actionGroup = `/subscriptions/${subscriptionId}/resourceGroups/rg-on-call/providers/Microsoft.Insights/actionGroups/on-call`;

const common = {
  environmentName: 'test',
  location: 'westeurope',
  signInClientId,
  senderPrincipalIds: [ticketSystem],
  eventReaderPrincipalIds: [eventReader],
  actionGroupIds: [actionGroup],
  poolUsedPercent: 77,
} as const;

/** The ways of deploying the app that the tests look at. */
export const variants = {
  standard: common,
  scheduler: { ...common, durableBackEnd: 'azureManaged' },
  private: { ...common, vnetEnabled: true, appIsPublic: false },
} as const;
