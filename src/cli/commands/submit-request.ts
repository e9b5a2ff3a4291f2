import { exitCodes } from '../exit-codes.ts';
import { renderPreview } from '../render/preview.ts';
import type { Session } from '../session.ts';
import type { WatchOptions } from '../watch/watch-options.ts';
import { watchOutcome } from './show-outcome.ts';

export interface SubmitOptions extends WatchOptions {
  readonly dryRun?: boolean;
}

/**
 * Sends a request and says what became of it; with --dry-run it shows what the request would do
 * instead.
 */
export async function submitRequest(
  session: Session,
  request: Record<string, unknown>,
  options: SubmitOptions,
): Promise<void> {
  if (options.dryRun) {
    const preview = await session.api.previewPlan(request);
    session.answer(preview, renderPreview);
    if (preview.error) session.exitCode = exitCodes.endedBadly;
    return;
  }
  const accepted = await session.api.createRequest(request);
  if (options.watch) {
    session.note(`${accepted.id} is accepted.`);
    return await watchOutcome(session, accepted.id, options);
  }
  session.answer(accepted, ({ id, state }, { glyphs, colours, width }) => [
    `${colours.green(glyphs.done)} ${colours.bold(id)} is accepted (${state}).`,
    ...(width < 60
      ? ['  Follow it:', `  vnetv show ${id} --watch`]
      : [`  Follow it: vnetv show ${id} --watch`]),
  ]);
}
