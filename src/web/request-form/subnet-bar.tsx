import { shareOf } from '../sizes.ts';
import type { SubnetFit, SubnetPart } from './subnet-fit.ts';

const width = 1_000;
const height = 44;

/** The VNet as a bar with its subnets, largest first as they are laid out, and in words whether they fit. */
export function SubnetBar({ fit }: { fit: SubnetFit }) {
  const { fits, total, used, parts, text } = fit;
  const whole = used > total ? used : total;
  let offset = 0n;
  const placed = parts.map((part) => {
    const from = offset;
    offset += part.addresses;
    return { part, from };
  });
  return (
    <div class={fits ? 'subnet-bar' : 'subnet-bar subnet-bar-over'}>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <rect class="bar-free" x="0" y="0" width={shareOf(total, whole) * width} height={height} />
        {placed.map(({ part, from }, index) => (
          <PartRect key={part.key} part={part} from={from} whole={whole} isOdd={index % 2 === 1} />
        ))}
        {!fits && (
          <line
            class="bar-limit"
            x1={shareOf(total, whole) * width}
            x2={shareOf(total, whole) * width}
            y1="0"
            y2={height}
          />
        )}
      </svg>
      <p class={fits ? 'muted small' : 'field-error'} role="status">
        {text}
      </p>
    </div>
  );
}

interface PartProps {
  readonly part: SubnetPart;
  readonly from: bigint;
  readonly whole: bigint;
  readonly isOdd: boolean;
}

function PartRect({ part, from, whole, isOdd }: PartProps) {
  const x = shareOf(from, whole) * width;
  const share = shareOf(part.addresses, whole) * width;
  return (
    <rect
      class={isOdd ? 'bar-part bar-part-odd' : 'bar-part'}
      x={x}
      y="0"
      width={Math.max(share - 2, 1)}
      height={height}
    />
  );
}
