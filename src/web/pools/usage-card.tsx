import type { PoolUsageSample } from '../../model/api/pool-views.ts';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Table } from '../components/table.tsx';
import { absoluteTime } from '../components/times.ts';
import type { Family } from './prefix.ts';
import { trendWords } from './trend-words.ts';
import { UsageChart } from './usage-chart.tsx';
import { usageTrendOf } from './usage-trend.ts';
import { writeCount, writeShare } from './write-count.ts';

interface Props {
  readonly family: Family;
  readonly samples: readonly PoolUsageSample[];
}

/** How full the pool was, as a line, in words and as a table. */
export function UsageCard({ family, samples }: Props) {
  const trend = usageTrendOf(samples);
  if (trend.points.length === 0) {
    return (
      <Card title="Usage over time">
        <EmptyState icon="clock" title="No samples yet">
          The service notes the usage of each pool from time to time.
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card title="Usage over time">
      <p>{trendWords(trend, samples, family)}</p>
      <UsageChart trend={trend} />
      <details class="chart-table">
        <summary>Samples as a table</summary>
        <div class="table-frame">
          <Table
            caption="Samples of the usage, newest first"
            columns={[
              { key: 'at', title: 'Time', heading: true, cell: ({ at }) => absoluteTime(at) },
              {
                key: 'allocated',
                title: 'Allocated',
                align: 'end',
                cell: ({ allocatedIpAddresses }) =>
                  writeCount(family, BigInt(allocatedIpAddresses)),
              },
              {
                key: 'share',
                title: 'Of the pool',
                align: 'end',
                cell: ({ allocatedIpAddresses, totalIpAddresses }) =>
                  writeShare(BigInt(allocatedIpAddresses), BigInt(totalIpAddresses)),
              },
            ]}
            rows={[...samples].reverse()}
            keyOf={({ at }) => at}
          />
        </div>
      </details>
    </Card>
  );
}
