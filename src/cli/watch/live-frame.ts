import type { RequestDetail } from '../../model/api/request-views.ts';
import { isEndState } from '../../model/states.ts';
import { describeApproval } from '../render/approval-line.ts';
import type { Look } from '../render/look.ts';
import { renderHeading } from '../render/request-facts.ts';
import { hang } from '../render/text.ts';
import { renderTimeline } from '../render/timeline.ts';
import { elapsedOf } from '../render/times.ts';

export interface LiveFrameOptions {
  /** Counts up; chooses the picture of the spinner. */
  readonly frame: number;
  readonly elapsedMs: number;
  /** Lines of the window. */
  readonly rows: number;
  /** Something about the watching itself: the API does not answer. */
  readonly trouble?: string | undefined;
  /** Nobody watches any more: this is what stays on the screen. */
  readonly isLast?: boolean;
}

/**
 * What a terminal shows while a request is watched; never more lines than the window has, until the
 * end.
 */
export function renderLiveFrame(
  request: RequestDetail,
  look: Look,
  options: LiveFrameOptions,
): string[] {
  const { spinner } = look.glyphs;
  const picture = spinner[options.frame % spinner.length] ?? '';
  const head = renderHeading(request, look);
  const isStill = options.isLast === true || isEndState(request.state);
  const timeline = renderTimeline(request.timeline, look, isStill ? {} : { spinner: picture });
  if (isStill) return [...head, ...timeline];
  // One line stays free: a terminal scrolls when its last one is ended.
  const room = Math.max(1, options.rows - 1 - head.length);
  const foot = renderFoot(request, look, options).slice(-Math.ceil(room / 2));
  return [...head, ...lastOf(timeline, room - foot.length, look), ...foot];
}

function renderFoot(
  { approval, next }: RequestDetail,
  look: Look,
  { elapsedMs, trouble }: LiveFrameOptions,
): string[] {
  const { dim, yellow } = look.colours;
  const approvalText = approval?.status === 'open' ? describeApproval(approval) : undefined;
  const below = (text: string | undefined) =>
    text === undefined ? [] : hang('  ', text, look.width);
  return [
    ...below(approvalText && `Approval: ${approvalText}`).map(yellow),
    ...below(next),
    ...below(trouble).map(yellow),
    ...below(
      `${elapsedOf(elapsedMs)} ${look.glyphs.dot} Ctrl-C stops watching; the request goes on`,
    ).map(dim),
  ];
}

/** The end of a story that is too long for the window. */
function lastOf(lines: readonly string[], room: number, look: Look): readonly string[] {
  if (lines.length <= room) return lines;
  if (room < 2) return lines.slice(lines.length - room);
  const hidden = lines.length - room + 1;
  return [
    look.colours.dim(`  ${look.glyphs.ellipsis} ${hidden} lines above`),
    ...lines.slice(hidden),
  ];
}
