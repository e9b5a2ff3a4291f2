import { useWidth } from '../hooks/use-width.ts';
import { type ChartPoint, chartScaleOf } from './chart-scale.ts';
import type { UsageTrend } from './usage-trend.ts';

const height = 190;
const frameAround = (width: number) => ({
  left: 58,
  right: width - 16,
  top: 14,
  bottom: height - 30,
});

/** More points than this are a line, not dots. */
const dottedUpTo = 40;

/** The line of a trend. It is decoration to who cannot see it: the card says the same in words and as a table. */
export function UsageChart({ trend }: { trend: UsageTrend }) {
  const [frame, width] = useWidth<HTMLDivElement>(720);
  const { left, right, top, bottom } = frameAround(width);
  const { points, xTicks, yTicks } = chartScaleOf(trend, { left, right, top, bottom });
  const line = points.map(({ x, y }) => `${round(x)} ${round(y)}`).join('L');
  const [first, last] = [points[0], points.at(-1)];
  return (
    <div ref={frame} class="chart-frame">
      <svg
        class="chart"
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        aria-hidden="true"
        focusable="false"
      >
        {yTicks.map(({ at, label }) => (
          <g key={label}>
            <path class="chart-grid" d={`M${left} ${at}H${right}`} />
            <text class="map-axis" x={left - 8} y={at + 4} text-anchor="end">
              {label}
            </text>
          </g>
        ))}
        {xTicks.map(({ at, label }, index) => (
          <text
            key={at}
            class="map-axis"
            x={at}
            y={height - 8}
            text-anchor={anchorOf(index, xTicks.length)}
          >
            {label}
          </text>
        ))}
        {first !== undefined && last !== undefined && points.length > 1 && (
          <>
            <path class="chart-area" d={`M${first.x} ${bottom}L${line}L${last.x} ${bottom}Z`} />
            <path class="chart-line" d={`M${line}`} />
          </>
        )}
        {points.length <= dottedUpTo && points.map((point) => <Dot key={point.x} point={point} />)}
      </svg>
    </div>
  );
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** The outermost labels stay inside. */
function anchorOf(index: number, count: number): 'start' | 'middle' | 'end' {
  if (count < 2) return 'middle';
  return index === 0 ? 'start' : index === count - 1 ? 'end' : 'middle';
}

const Dot = ({ point }: { point: ChartPoint }) => (
  <circle class="chart-dot" cx={point.x} cy={point.y} r="3" />
);
