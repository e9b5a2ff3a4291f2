import { type Command, Option } from 'commander';
import { CliError, usageError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { confirm } from '../input/confirm.ts';
import { newRequestId } from '../input/new-request-id.ts';
import type { Session } from '../session.ts';
import { addWatchOptions } from '../watch/watch-options.ts';
import type { OpenSession } from './open-session.ts';
import { type SubmitOptions, submitRequest } from './submit-request.ts';

interface RemoveOptions extends SubmitOptions {
  readonly vnet?: string;
  readonly tenant?: string;
  readonly mode: 'delete' | 'disassociate';
  readonly detachPeerings?: boolean;
  readonly override?: boolean;
  readonly id?: string;
  readonly reason: string;
  readonly yes?: boolean;
}

export function addRemoveCommand(program: Command, open: OpenSession): void {
  const command = program
    .command('remove')
    .argument('[id]', 'request that created the VNet, or last worked on it')
    .summary('ask for the removal of a VNet')
    .description(
      'Asks for the removal of the VNet of a request, or of a VNet by its ARM id. It is a request of its own, and may need an approval.',
    )
    .option('-n, --vnet <resource-id>', 'ARM id of the VNet, instead of a request')
    .option('--tenant <alias>', 'managed tenant of --vnet; default: the one with its subscription')
    .addOption(
      new Option('--mode <mode>', 'delete the VNet, or keep it and free its prefixes')
        .choices(['delete', 'disassociate'])
        .default('delete'),
    )
    .option('--detach-peerings', "take the VNet's side of its peerings off first (delete)")
    .option('--override', 'ask an operator to set aside that no request created the VNet (delete)')
    .option('--id <id>', 'ticket number of the removal; default: one that is made up')
    .requiredOption('-r, --reason <text>', 'for approver and auditor')
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'show the plan; nothing is recorded or changed');
  addWatchOptions(command).action(
    async (id: string | undefined, options: RemoveOptions, self: Command) => {
      const session = open(self);
      const target = await targetOf(session, id, options);
      if (session.isInteractive && !options.yes && !options.dryRun) {
        const verb = options.mode === 'delete' ? 'deletion' : 'disassociation';
        await confirm(session, `Ask for the ${verb} of ${target['virtualNetwork']}?`);
      }
      await submitRequest(session, removalOf(session, target, options), options);
    },
  );
}

type Target = Readonly<Record<string, unknown>>;

function removalOf(session: Session, target: Target, options: RemoveOptions) {
  const { mode, reason, detachPeerings, override } = options;
  return {
    id: options.id ?? newRequestId(session.world.now()),
    ...{ operation: 'remove', mode, reason, target },
    ...(detachPeerings ? { detachPeerings } : {}),
    ...(override ? { override } : {}),
  };
}

async function targetOf(
  session: Session,
  id: string | undefined,
  { vnet, tenant }: RemoveOptions,
): Promise<Target> {
  if ((id === undefined) === (vnet === undefined)) {
    throw usageError(
      'It must be said which VNet is to be removed.',
      'Give the id of its request, or --vnet with its ARM id; not both.',
    );
  }
  if (id !== undefined) {
    const { target } = await session.api.getRequest(id);
    const { subscriptionId, resourceGroup, virtualNetwork } = target;
    return { tenant: target.tenant, subscriptionId, resourceGroup, virtualNetwork };
  }
  const parts =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Network\/virtualNetworks\/([^/]+)$/i.exec(
      vnet ?? '',
    );
  const [, subscriptionId = '', resourceGroup, virtualNetwork] = parts ?? [];
  if (parts === null) {
    throw usageError(
      `'${vnet}' is no ARM id of a VNet.`,
      'It looks like /subscriptions/.../resourceGroups/.../providers/Microsoft.Network/virtualNetworks/NAME.',
    );
  }
  const alias = tenant ?? (await tenantOf(session, subscriptionId));
  return { tenant: alias, subscriptionId, resourceGroup, virtualNetwork };
}

async function tenantOf(session: Session, subscriptionId: string): Promise<string> {
  const { tenants } = await session.api.listTenants();
  const found = tenants.find(({ subscriptions }) =>
    subscriptions.some((one) => one.subscriptionId.toLowerCase() === subscriptionId.toLowerCase()),
  );
  if (found) return found.alias;
  throw new CliError(
    exitCodes.notFound,
    `No managed tenant has the subscription ${subscriptionId}.`,
    { remedy: '"vnetv tenants" lists the tenants and their subscriptions.' },
  );
}
