import { expect } from 'vitest';
import type { FreshAzure } from './fresh-azure.ts';

/** What became of each step, by its id. */
export const outcomes = ({
  result,
}: {
  readonly result: { readonly steps: readonly { id: string; outcome: string }[] };
}): ReadonlyMap<string, string> =>
  new Map(result.steps.map(({ id, outcome }) => [id, outcome] as const));

const guid = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/gi;
const chance = new Set(['createdDateTime', 'createdOn', 'updatedOn', 'etag', 'resourceGuid']);

/**
 * A state of the emulated Azure without what differs from one time to the next: every GUID is named by the
 * order in which it shows up, times are left out, lists are in the order of what they hold.
 */
export function comparable(state: unknown): unknown {
  const { switches: _, ...rest } = state as Record<string, unknown>;
  return ordered(
    JSON.parse(
      JSON.stringify(rest, (key, value) => {
        if (chance.has(key) || /At$/.test(key)) return undefined;
        return typeof value === 'string' ? value.replaceAll(guid, named) : value;
      }),
    ),
  );
}

/** GUIDs that tests write down are all of one digit, or begin with zeros: they are worth comparing. */
const named = (found: string): string => (/^(.)\1{7}-/.test(found) ? found : 'some guid');

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value
      .map(ordered)
      .sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, ordered(member)]));
}

/** What is compared, once Azure has deleted the groups that it is still deleting. */
export async function settled(fresh: FreshAzure): Promise<unknown> {
  await expect
    .poll(async () => JSON.stringify(await fresh.state()))
    .not.toContain('"provisioningState":"Deleting"');
  return comparable(await fresh.state());
}
