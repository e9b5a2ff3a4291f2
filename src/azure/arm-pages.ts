import { z } from 'zod';
import { failure, type Outcome, success } from '../model/outcome.ts';
import type { ArmCall, CrossTenantClient } from './cross-tenant-client.ts';
import { invalidAnswer } from './error-translation.ts';
import { parseAnswer } from './parse-answer.ts';

/** Most of what is listed this way has a handful of items; more pages than this are a loop. */
const usuallyMostPages = 20;

/** All items of a paged list, read by URL: for what the SDK does not offer. Never a part of them. */
export async function listPages<T>(
  arm: CrossTenantClient,
  call: ArmCall,
  firstUrl: string,
  itemSchema: z.ZodType<T>,
  mostPages = usuallyMostPages,
): Promise<Outcome<readonly T[]>> {
  const pageSchema = z.object({ value: z.array(itemSchema), nextLink: z.string().nullish() });
  const items: T[] = [];
  let url: string | undefined = firstUrl;
  for (let page = 0; url && page < mostPages; page++) {
    const link: string = url;
    const got = await arm.call(call, async ({ raw }, onResponse) => {
      await raw.pathUnchecked(link).get({ onResponse });
    });
    if (!got.ok) return got;
    const { answer } = got.value;
    const parsed = parseAnswer(pageSchema, answer.body, arm.contextOf(call), answer);
    if (!parsed.ok) return parsed;
    items.push(...parsed.value.value);
    url = parsed.value.nextLink || undefined;
  }
  return url === undefined
    ? success(items)
    : failure(invalidAnswer(arm.contextOf(call), `The list has more than ${mostPages} pages.`));
}
