import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RequestPage } from '../../model/api/request-views.ts';
import { type RequestState, requestStates } from '../../model/states.ts';
import { renderRequestList } from '../render/request-list.ts';
import type { Session } from '../session.ts';
import type { OpenSession } from './open-session.ts';

interface ListOptions {
  readonly state?: readonly RequestState[];
  readonly requester?: string;
  readonly tenant?: string;
  readonly mine?: boolean;
  readonly awaitingMe?: boolean;
  readonly limit: number;
}

const defaultLimit = 50;

export function addListCommand(program: Command, open: OpenSession): void {
  program
    .command('list')
    .summary('list requests')
    .description('Lists the requests that you may see, newest first.')
    .addOption(
      new Option('-s, --state <state>', 'only in this state; may be given again')
        .choices(requestStates)
        .argParser(collectState),
    )
    .option('--requester <object-id>', 'only of this person')
    .option('--tenant <alias>', 'only for this managed tenant')
    .option('--mine', 'only your own')
    .option('--awaiting-me', 'only those that wait for your approval')
    .addOption(
      new Option('--limit <count>', 'at most so many').argParser(parseLimit).default(defaultLimit),
    )
    .action(async (options: ListOptions, self: Command) => {
      const session = open(self);
      const page = await pageOf(session, options);
      const now = session.world.now();
      session.answer(page, ({ requests }, look) =>
        requests.length === 0 ? ['No requests.'] : renderRequestList(requests, look, now),
      );
      if (page.next !== undefined && !session.isJson) {
        session.note(`There may be more; --limit ${options.limit * 2} shows more of them.`);
      }
    });
}

function pageOf(session: Session, options: ListOptions): Promise<RequestPage> {
  const { state, requester, tenant, mine, awaitingMe, limit } = options;
  const query = {
    state: state?.join(','),
    awaiting: awaitingMe ? 'me' : undefined,
    requester: mine ? 'me' : requester,
    tenant,
  };
  return session.api.listRequests(query, limit);
}

function collectState(text: string, previous: readonly RequestState[] | undefined) {
  const state = requestStates.find((one) => one === text);
  if (state === undefined) {
    throw new InvalidArgumentError(`The states are ${requestStates.join(', ')}.`);
  }
  return [...(previous ?? []), state];
}

function parseLimit(text: string): number {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit < 1) throw new InvalidArgumentError('A limit is a number from 1 to 99999.');
  return limit;
}
