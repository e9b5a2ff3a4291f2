import type { RequestDetail } from '../../model/api/request-views.ts';
import { isEndState } from '../../model/states.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { spanOf } from '../render/times.ts';
import type { Session } from '../session.ts';
import { type Progress, startProgress } from './progress.ts';

const shortestPauseMs = 500;
const longestPauseMs = 5_000;
/** A request that waits for a person needs no eager eye. */
const longestPauseForPeopleMs = 15_000;
/** How long the API may be away before the watching ends. */
const patienceMs = 120_000;

/**
 * Follows a request until it has ended. Whatever ends the watching, the request goes on: Ctrl-C and
 * a time limit say so.
 */
export async function watchRequest(
  session: Session,
  id: string,
  timeoutMs?: number,
): Promise<RequestDetail> {
  const stop = new AbortController();
  const release = session.world.onInterrupt(() => stop.abort('interrupted'));
  const limit =
    timeoutMs === undefined ? undefined : setTimeout(() => stop.abort('timed out'), timeoutMs);
  const progress = await startProgress(session);
  try {
    return await followToEnd(session, id, progress, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) throw stoppedWatching(id, stop.signal.reason, timeoutMs);
    throw error;
  } finally {
    clearTimeout(limit);
    progress.stop();
    release();
  }
}

async function followToEnd(
  session: Session,
  id: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<RequestDetail> {
  const { world } = session;
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped watching')));
  });
  // It may come between two waits, when nobody listens.
  aborted.catch(() => {});
  let pause = shortestPauseMs;
  let seen = '';
  let lastAnswer = world.now().getTime();
  for (;;) {
    try {
      const request = await Promise.race([session.api.getRequest(id), aborted]);
      lastAnswer = world.now().getTime();
      progress.trouble(undefined);
      progress.show(request);
      if (isEndState(request.state)) return request;
      const mark = `${request.revision} ${request.state} ${request.timeline.length}`;
      pause = mark === seen ? nextPause(pause, request) : shortestPauseMs;
      seen = mark;
    } catch (error) {
      const isAway = error instanceof CliError && error.exitCode === exitCodes.unreachable;
      const isTooLong = world.now().getTime() - lastAnswer > patienceMs;
      // Before the first answer, an address that nobody answers at is an error of whoever typed it.
      if (!isAway || isTooLong || seen === '') throw error;
      progress.trouble(`${error.message} Trying again; the request goes on.`);
      pause = longestPauseMs;
    }
    await Promise.race([world.sleep(pause, signal), aborted]);
  }
}

function nextPause(pause: number, { state }: RequestDetail): number {
  const longest = state === 'awaiting-approval' ? longestPauseForPeopleMs : longestPauseMs;
  return Math.min(longest, pause * 1.5);
}

function stoppedWatching(id: string, reason: unknown, timeoutMs = 0): CliError {
  const remedy = `Watch it again: vnetv show ${id} --watch`;
  return reason === 'timed out'
    ? new CliError(
        exitCodes.stillRunning,
        `${id} has not ended within ${spanOf(timeoutMs)}; it goes on.`,
        { remedy },
      )
    : new CliError(exitCodes.interrupted, `Stopped watching; ${id} goes on.`, { remedy });
}
