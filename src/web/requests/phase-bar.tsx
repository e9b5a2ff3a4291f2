import { Icon, type IconName } from '../components/icon.tsx';
import { type Phase, type PhaseStatus, phasesOf } from './phases.ts';

const words: Readonly<Record<PhaseStatus, { text: string; icon: IconName }>> = {
  done: { text: 'done', icon: 'check' },
  current: { text: 'now', icon: 'running' },
  next: { text: 'to come', icon: 'next' },
  stopped: { text: 'stopped here', icon: 'cross' },
  skipped: { text: 'not reached', icon: 'next' },
};

/** The way of a request at a glance. */
export function PhaseBar({ detail }: { detail: Parameters<typeof phasesOf>[0] }) {
  return (
    <ol class="phases">
      {phasesOf(detail).map((phase) => (
        <PhaseItem key={phase.key} phase={phase} isWaiting={detail.state === 'awaiting-approval'} />
      ))}
    </ol>
  );
}

function PhaseItem({ phase: { label, status }, isWaiting }: { phase: Phase; isWaiting: boolean }) {
  const { text, icon } = words[status];
  return (
    <li class={`phase phase-${status}`} aria-current={status === 'current' ? 'step' : undefined}>
      <span class="phase-mark">
        <Icon name={status === 'current' && isWaiting ? 'clock' : icon} />
      </span>
      <span>
        {label}
        <span class="visually-hidden">: {text}</span>
      </span>
    </li>
  );
}
