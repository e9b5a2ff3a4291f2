import type { UsageTrend } from './usage-trend.ts';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** The drawing of a trend, in pixels. */
export interface ChartScale {
  readonly points: readonly ChartPoint[];
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
}

export interface ChartFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const day = 86_400_000;
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dateAndClock = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const dateOfYear = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric' });

/** Words for a moment of a chart that spans so long. */
export function writeMoment(at: number, span: number): string {
  if (span > 0 && span < day) return clock.format(at);
  // Four marks over less than four days would say the same date twice.
  if (span < 4 * day) return dateAndClock.format(at);
  return span > 400 * day ? dateOfYear.format(at) : date.format(at);
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))}%`;

/** Places the points in the frame. A single moment stands in the middle. */
export function chartScaleOf({ points, scale }: UsageTrend, frame: ChartFrame): ChartScale {
  const first = points[0]?.at ?? 0;
  const span = (points.at(-1)?.at ?? 0) - first;
  const across = frame.right - frame.left;
  const x = (at: number): number =>
    span === 0 ? frame.left + across / 2 : frame.left + ((at - first) / span) * across;
  const y = (share: number): number => frame.bottom - (share / scale) * (frame.bottom - frame.top);
  const steps = Math.max(1, Math.min(4, Math.floor(across / 110), points.length - 1));
  const moments =
    span === 0
      ? [first]
      : Array.from({ length: steps + 1 }, (_, at) => first + (span * at) / steps);
  return {
    points: points.map(({ at, share }) => ({ x: x(at), y: y(share) })),
    xTicks:
      points.length === 0 ? [] : moments.map((at) => ({ at: x(at), label: writeMoment(at, span) })),
    yTicks: [0, 0.5, 1].map((part) => ({ at: y(part * scale), label: percent(part * scale) })),
  };
}
