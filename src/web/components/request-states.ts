import type { RequestSummary } from '../../model/api/request-views.ts';
import type { IconName } from './icon.tsx';

export type Tone = 'neutral' | 'running' | 'waiting' | 'good' | 'bad' | 'warning';

export interface StateWords {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: IconName;
}

type State = RequestSummary['state'];

/** How each state of a request is shown. */
export const stateWords: Readonly<Record<State, StateWords>> = {
  received: { label: 'Received', tone: 'running', icon: 'running' },
  planning: { label: 'Planning', tone: 'running', icon: 'running' },
  'awaiting-approval': { label: 'Awaiting approval', tone: 'waiting', icon: 'clock' },
  deploying: { label: 'Deploying', tone: 'running', icon: 'running' },
  associating: { label: 'Associating', tone: 'running', icon: 'running' },
  removing: { label: 'Removing', tone: 'running', icon: 'running' },
  verifying: { label: 'Verifying', tone: 'running', icon: 'running' },
  compensating: { label: 'Taking back', tone: 'warning', icon: 'undo' },
  succeeded: { label: 'Succeeded', tone: 'good', icon: 'check' },
  planned: { label: 'Planned only', tone: 'good', icon: 'check' },
  failed: { label: 'Failed', tone: 'bad', icon: 'cross' },
  rejected: { label: 'Rejected', tone: 'bad', icon: 'stop' },
  cancelled: { label: 'Cancelled', tone: 'neutral', icon: 'stop' },
  expired: { label: 'Expired', tone: 'neutral', icon: 'clock' },
  'removed-release-unverified': {
    label: 'Removed, release unverified',
    tone: 'warning',
    icon: 'warning',
  },
  'compensation-failed': { label: 'Needs an operator', tone: 'bad', icon: 'warning' },
};

/** States in which nothing happens any more unless an operator acts. */
export const isOver = (state: State): boolean =>
  ![
    'received',
    'planning',
    'awaiting-approval',
    'deploying',
    'associating',
    'removing',
    'verifying',
    'compensating',
  ].includes(state);
