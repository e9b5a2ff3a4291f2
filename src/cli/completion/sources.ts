import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestState } from '../../model/states.ts';
import { renderRequestTitle } from '../render/request-facts.ts';
import type { Session } from '../session.ts';
import { listLocalPeople } from '../sign-in/local-sign-in.ts';
import type { Suggestion, SuggestionSource } from './suggest.ts';

/** Longer than this nobody waits for a suggestion. */
const patienceMs = 2_500;
const mostRequests = 50;

/** The states of the requests that a command is for; absent: all. */
const statesFor: Readonly<Record<string, readonly RequestState[]>> = {
  approve: ['awaiting-approval'],
  reject: ['awaiting-approval'],
  'break-glass': ['awaiting-approval'],
  resume: ['compensation-failed'],
  remove: ['succeeded'],
};

/** Asks the API. Whatever goes wrong, there are no suggestions then: a shell is no place for errors. */
export function completionsFrom(session: Session): SuggestionSource {
  const ask = async (
    find: () => Promise<readonly Suggestion[]>,
  ): Promise<readonly Suggestion[]> => {
    const tooLate = sleep<readonly Suggestion[]>(patienceMs, [], { ref: false });
    return await Promise.race([find().catch(() => []), tooLate]);
  };
  return {
    requests: (command) =>
      ask(async () => {
        const state = statesFor[command]?.join(',');
        const { requests } = await session.api.listRequests({ state }, mostRequests);
        return requests.map((request) => ({
          value: request.id,
          description: renderRequestTitle(request),
        }));
      }),
    pools: () =>
      ask(async () => {
        const { pools } = await session.api.listPools();
        return pools.map(({ alias, location, family }) => ({
          value: alias,
          description: `${family}, ${location}`,
        }));
      }),
    tenants: () =>
      ask(async () => {
        const { tenants } = await session.api.listTenants();
        return tenants.map(({ alias, tenantId }) => ({ value: alias, description: tenantId }));
      }),
    people: () =>
      ask(async () => {
        const people = await listLocalPeople(session.address, session.world);
        return people.map(({ key, name }) => ({ value: key, description: name }));
      }),
  };
}
