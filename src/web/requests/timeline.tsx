import type { TimelineEntryView } from '../../model/api/request-views.ts';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import { RelativeTime } from '../components/relative-time.tsx';

const words: Readonly<Record<TimelineEntryView['status'], { text: string; icon: IconName }>> = {
  started: { text: 'Started', icon: 'next' },
  waiting: { text: 'Waiting', icon: 'clock' },
  succeeded: { text: 'Succeeded', icon: 'check' },
  failed: { text: 'Failed', icon: 'cross' },
  information: { text: 'Note', icon: 'information' },
};

/**
 * What has happened, oldest first. What is taken back has a lane of its own beside what was done, so that one
 * sees at once which is which.
 */
export function Timeline({
  entries,
  isLive,
}: {
  entries: readonly TimelineEntryView[];
  /** More is to come. */
  isLive: boolean;
}) {
  const hasLanes = entries.some(({ compensation }) => compensation);
  const last = entries.at(-1)?.key;
  return (
    <Card
      title="Timeline"
      beside={isLive && <span class="muted small">Follows by itself</span>}
      class="timeline-card"
    >
      {entries.length === 0 && (
        <EmptyState icon="clock" title="Nothing has happened yet">
          The first lines appear here within seconds.
        </EmptyState>
      )}
      {hasLanes && (
        <div class="lanes" aria-hidden="true">
          <span>Done</span>
          <span>Taken back</span>
        </div>
      )}
      <ol class={hasLanes ? 'timeline timeline-lanes' : 'timeline'}>
        {entries.map((entry) => (
          <Entry key={entry.key} entry={entry} isNow={isLive && entry.key === last} />
        ))}
      </ol>
    </Card>
  );
}

function Entry({ entry, isNow }: { entry: TimelineEntryView; isNow: boolean }) {
  const { at, step, status, message, compensation } = entry;
  const { text, icon } = words[status];
  const isRunning = isNow && status === 'started';
  return (
    <li
      class={`entry entry-${status} ${compensation ? 'entry-compensation' : ''} ${isNow ? 'entry-now' : ''}`}
    >
      <span class="entry-mark">
        <Icon name={isRunning ? 'running' : icon} />
      </span>
      <div class="entry-body">
        <div>
          <span class="visually-hidden">
            {compensation ? 'Taking back. ' : ''}
            {text}:{' '}
          </span>
          <bdi>{message}</bdi>
        </div>
        <div class="muted small">
          <RelativeTime at={at} /> · <bdi>{step}</bdi>
          {compensation && <span class="lane-name"> · taking back</span>}
        </div>
      </div>
    </li>
  );
}
