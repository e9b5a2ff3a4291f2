import type { TimelineEntryView } from '../../model/api/request-views.ts';
import type { Look, Paint } from './look.ts';
import { hang } from './text.ts';
import { dayOf, timeOf } from './times.ts';

export interface TimelineOptions {
  /** In place of the mark of the last entry, while that goes on. */
  readonly spinner?: string;
}

/** What happened, in order; the taking back of what was done stands apart. */
export function renderTimeline(
  timeline: readonly TimelineEntryView[],
  look: Look,
  options: TimelineOptions = {},
): string[] {
  let day = '';
  return timeline.flatMap((entry, index) => {
    const at = new Date(entry.at);
    const isNewDay = dayOf(at) !== day;
    day = dayOf(at);
    const isLast = index === timeline.length - 1;
    const lines = renderEntry(entry, look, isLast && goesOn(entry) ? options.spinner : undefined);
    return isNewDay && index > 0 ? [look.colours.dim(`  ${day}`), ...lines] : lines;
  });
}

const goesOn = ({ status }: TimelineEntryView): boolean =>
  status === 'started' || status === 'waiting';

function renderEntry(entry: TimelineEntryView, look: Look, spinner: string | undefined): string[] {
  const { dim, magenta } = look.colours;
  const [mark, paint] = markOf(entry, look);
  const lane = entry.compensation ? `${look.glyphs.undo} ` : '';
  const time = timeOf(new Date(entry.at));
  const start = `  ${time} ${lane}${spinner ?? mark} `;
  const [first = '', ...rest] = hang(start, entry.message, look.width);
  const text = first.slice(start.length);
  return [`  ${dim(time)} ${magenta(lane)}${paint(spinner ?? mark)} ${text}`.trimEnd(), ...rest];
}

function markOf({ status }: TimelineEntryView, look: Look): readonly [mark: string, paint: Paint] {
  const { green, red, yellow, cyan, dim } = look.colours;
  const { glyphs } = look;
  switch (status) {
    case 'succeeded':
      return [glyphs.done, green];
    case 'failed':
      return [glyphs.failed, red];
    case 'waiting':
      return [glyphs.waiting, yellow];
    case 'started':
      return [glyphs.running, cyan];
    default:
      return [glyphs.information, dim];
  }
}

/** One entry as a line of a log. */
export const logLineOf = ({ at, status, compensation, message }: TimelineEntryView): string =>
  `${at} ${compensation ? 'taking back, ' : ''}${status}: ${message}`;
