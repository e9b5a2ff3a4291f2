import { type Command, Option } from 'commander';
import { usageError } from '../cli-error.ts';
import { type AllocateOptions, allocateRequest, type LookUp } from '../input/allocate-options.ts';
import { collectPool, collectSubnet, collectTag, parseTicket } from '../input/named-values.ts';
import { newRequestId } from '../input/new-request-id.ts';
import { parseCount, parsePrefixLength } from '../input/parse-size.ts';
import { readRequest } from '../input/read-request.ts';
import type { Session } from '../session.ts';
import { addWatchOptions } from '../watch/watch-options.ts';
import type { OpenSession } from './open-session.ts';
import { type SubmitOptions, submitRequest } from './submit-request.ts';

interface RequestOptions extends AllocateOptions, SubmitOptions {
  readonly file?: string;
  readonly id?: string;
}

export function addRequestCommand(program: Command, open: OpenSession): void {
  const command = program
    .command('request')
    .summary('ask for a VNet')
    .description(
      'Asks for something: a new VNet by options, or any request as JSON (allocate, associate, remove; docs/messages.md).',
    )
    .option('-f, --file <file>', 'the request as JSON; - reads the standard input')
    .option('--id <id>', 'ticket number; default: one that is made up')
    .option('--tenant <alias>', 'managed tenant')
    .option('--subscription <id>', 'default: the only one of the tenant')
    .option('-g, --resource-group <name>', 'resource group')
    .option('-n, --vnet <name>', 'name of the new VNet')
    .option('-l, --location <region>', 'default: the region of the pool')
    .addOption(
      new Option('--pool <alias[=size]>', 'pool; again for a second address family').argParser(
        collectPool,
      ),
    )
    .addOption(new Option('--size <count>', 'number of addresses').argParser(parseCount))
    .addOption(
      new Option('--prefix-length <length>', 'instead of --size, such as 24').argParser(
        parsePrefixLength,
      ),
    )
    .addOption(
      new Option(
        '--subnet <name=size>',
        'subnet, such as app=128 or app=/25; may be given again',
      ).argParser(collectSubnet),
    )
    .addOption(new Option('--tag <name=value>', 'tag; may be given again').argParser(collectTag))
    .addOption(new Option('--ticket <system=id>', 'ticket it belongs to').argParser(parseTicket))
    .option('-r, --reason <text>', 'for approver and auditor')
    .option('--dry-run', 'show the plan; nothing is recorded or changed');
  addWatchOptions(command).action(async (options: RequestOptions, self: Command) => {
    const session = open(self);
    await submitRequest(session, await requestOf(session, options, self), options);
  });
}

async function requestOf(
  session: Session,
  options: RequestOptions,
  command: Command,
): Promise<Record<string, unknown>> {
  const { now } = session.world;
  if (options.file === undefined) {
    const id = options.id ?? newRequestId(now());
    return await allocateRequest(id, options, lookUpWith(session));
  }
  refuseMixing(command);
  const request = await readRequest(options.file, session.world);
  const id = options.id ?? request['id'];
  // A file that is sent twice makes two requests then; whoever wants one gives it an id.
  return { ...request, id: id ?? newRequestId(now()) };
}

const besideFile = ['file', 'id', 'dryRun', 'watch', 'timeout'];

/** What the file says is not to be half overridden: a wrong mixture would be a VNet that nobody wanted. */
function refuseMixing(command: Command): void {
  const mixed = command.options
    .filter((option) => !besideFile.includes(option.attributeName()))
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
  if (mixed.length === 0) return;
  throw usageError(
    `-f and ${mixed.map(({ long }) => long).join(', ')} exclude one another.`,
    'Write it into the file, or give everything as options.',
  );
}

const lookUpWith = (session: Session): LookUp => ({
  async subscriptionOf(tenant) {
    const { tenants } = await session.api.listTenants();
    const found = tenants.find(({ alias, tenantId }) => alias === tenant || tenantId === tenant);
    return found?.subscriptions.length === 1 ? found.subscriptions[0]?.subscriptionId : undefined;
  },
  async locationOf(pool) {
    const { pools } = await session.api.listPools();
    return pools.find(({ alias }) => alias === pool)?.location;
  },
});
