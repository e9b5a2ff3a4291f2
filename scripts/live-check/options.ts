import { Command, InvalidArgumentError } from 'commander';
import { type LandscapeFile, readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import type { RealAzure } from '../../src/local/real-azure.ts';
import { cloudNamed, realAzureOf } from '../../src/local/real-azure-options.ts';
import type { Landscape, LandscapePool, ManagedTenant } from '../../src/model/landscape.ts';

/** What the check is to do, and where. */
export interface LiveCheck {
  readonly azure: RealAzure;
  readonly landscape: Landscape;
  readonly tenant: ManagedTenant;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly pool: LandscapePool;
  /** Of each VNet, in decimal. */
  readonly addresses: string;
  /** Where the report goes. */
  readonly report: string;
  /** Between two looks at Azure. */
  readonly pollSeconds: number;
  /** How long one thing is waited for. */
  readonly patienceSeconds: number;
  readonly isConfirmed: boolean;
}

interface Flags {
  readonly cloud?: RealAzure['cloud'];
  readonly authority?: string;
  readonly resourceManager?: string;
  readonly landscape: string;
  readonly tenant: string;
  readonly resourceGroup: string;
  readonly pool: string;
  readonly addresses: number;
  readonly report: string;
  readonly pollSeconds: number;
  readonly patienceSeconds: number;
  readonly yes?: true;
}

/** @throws where a flag names what the landscape does not have */
export function parseLiveCheck(argv: readonly string[]): LiveCheck {
  const flags = new Command('npm run live-check --')
    .description(
      'Allocates and removes VNets in the real Azure, and records how it behaves. Cleans up after itself.',
    )
    .option('--cloud <name>', 'public (or azure), usgovernment, china', cloudNamed)
    .option('--authority <url>', 'Entra ID at an address of its own')
    .option('--resource-manager <url>', 'Resource Manager at an address of its own')
    .requiredOption('--landscape <file>', 'tenants and pools (JSON)')
    .requiredOption('--tenant <alias>', 'managed tenant of the landscape to make VNets in')
    .requiredOption('--resource-group <name>', 'existing resource group there')
    .requiredOption('--pool <alias>', 'pool of the landscape to take prefixes from')
    .option('--addresses <count>', 'IP addresses of each VNet', positive, 16)
    .option('--report <file>', 'JSON file for what was seen', 'live-check.json')
    .option('--poll-seconds <n>', 'between two looks at Azure', positive, 2)
    .option('--patience-seconds <n>', 'how long one thing is waited for', positive, 900)
    .option('--yes', 'do it')
    .parse([...argv], { from: 'user' })
    .opts<Flags>();
  const azure = realAzureOf(flags);
  if (!azure) throw new Error('Name the Azure to check with --cloud, or with its own endpoints.');
  const { landscape } = readLandscapeFile(flags.landscape) satisfies LandscapeFile;
  const tenant = oneOf('tenant', landscape.managedTenants, flags.tenant);
  const subscriptionId = subscriptionWith(flags.resourceGroup, tenant);
  return {
    azure,
    landscape,
    tenant,
    subscriptionId,
    resourceGroup: flags.resourceGroup,
    pool: oneOf('pool', landscape.pools, flags.pool),
    addresses: String(flags.addresses),
    report: flags.report,
    pollSeconds: flags.pollSeconds,
    patienceSeconds: flags.patienceSeconds,
    isConfirmed: flags.yes === true,
  };
}

function oneOf<T extends { readonly alias: string }>(
  what: string,
  all: readonly T[],
  alias: string,
) {
  const found = all.find((one) => one.alias === alias);
  if (found) return found;
  const aliases = all.map((one) => one.alias).join(', ');
  throw new Error(`The landscape has no ${what} '${alias}'; it has ${aliases}.`);
}

/** Only what the landscape offers is touched, as by every request. */
function subscriptionWith(resourceGroup: string, { alias, subscriptions }: ManagedTenant): string {
  const isOffered = (name: string) => name.toLowerCase() === resourceGroup.toLowerCase();
  const found = subscriptions.find(({ resourceGroups }) => resourceGroups?.some(isOffered) ?? true);
  if (found) return found.subscriptionId;
  const groups = subscriptions.flatMap(({ resourceGroups = [] }) => resourceGroups).join(', ');
  throw new Error(
    `The landscape does not offer the resource group '${resourceGroup}' of ${alias}; it offers ${groups}.`,
  );
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('A number above 0.');
}
