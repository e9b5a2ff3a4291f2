import type { RequestDetail } from '../../model/api/request-views.ts';
import { isFinalState, type RequestState } from '../../model/states.ts';
import { exitCodes } from '../exit-codes.ts';
import { renderOutcome } from '../render/outcome.ts';
import type { Session } from '../session.ts';
import type { WatchOptions } from '../watch/watch-options.ts';
import { watchRequest } from '../watch/watch-request.ts';

/** Ends that are what was wanted. */
const goodEnds: readonly RequestState[] = ['succeeded', 'planned'];

/**
 * Watches a request to its end and shows how it ended; the exit code says whether it is what was
 * wanted.
 */
export async function watchOutcome(
  session: Session,
  id: string,
  options: WatchOptions,
  wanted: readonly RequestState[] = goodEnds,
): Promise<void> {
  const request = await watchRequest(session, id, options.timeout);
  session.answer(request, renderOutcome);
  if (!wanted.includes(request.state)) session.exitCode = exitCodes.endedBadly;
}

/** After a decision: watches the request, or shows where it stands now. */
export async function showDecided(
  session: Session,
  request: RequestDetail,
  done: string,
  options: WatchOptions,
  wanted?: readonly RequestState[],
): Promise<void> {
  session.note(done);
  if (options.watch) return await watchOutcome(session, request.id, options, wanted);
  session.answer(await afterDecision(session, request), renderOutcome);
}

const looks = 4;
const pauseMs = 500;

/**
 * The request once its workflow has heard of the decision, which is a moment after the ledger has
 * it; as it is where other people must decide, too, or where that moment takes longer.
 */
async function afterDecision(session: Session, decided: RequestDetail): Promise<RequestDetail> {
  let request = decided;
  for (let look = 0; look < looks; look++) {
    if (request.state !== decided.state || request.approval?.status === 'open') break;
    if (isFinalState(request.state)) break;
    await session.world.sleep(pauseMs);
    request = await session.api.getRequest(decided.id);
  }
  return request;
}
