import { vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import { requestIdSchema } from '../../model/requests.ts';
import { echo } from '../../model/strict-json.ts';
import type { ApiApp } from '../app.ts';
import type { Caller } from './principal.ts';
import { type SeenRequest, seenBy } from './visibility.ts';

/** A request by its id. One that the caller may not see is told as one that does not exist. */
export async function findRequest(
  app: ApiApp,
  caller: Caller,
  id: string | undefined,
): Promise<Outcome<SeenRequest>> {
  const parsed = requestIdSchema.safeParse(id);
  const record = parsed.success ? await app.ledger.getRequest(parsed.data) : undefined;
  const seen = record && (await seenBy(app, caller, record));
  return seen
    ? success(seen)
    : failure(
        vendingError(
          'UnknownRequest',
          `There is no request '${echo(id ?? '')}', or you may not see it any more.`,
          {
            cause:
              'No such request was ever accepted, or it is none of those that the caller may see.',
            remedy:
              'Check the id. What waited for your decision is no longer shown to you once somebody else has decided.',
          },
        ),
      );
}
