import type { RequestState } from '../../model/states.ts';
import type { Look, Paint } from './look.ts';

type Tone = 'good' | 'bad' | 'waiting' | 'running' | 'quiet';

const tones: Readonly<Record<RequestState, Tone>> = {
  received: 'running',
  planning: 'running',
  'awaiting-approval': 'waiting',
  deploying: 'running',
  associating: 'running',
  removing: 'running',
  verifying: 'running',
  compensating: 'waiting',
  succeeded: 'good',
  planned: 'good',
  failed: 'bad',
  rejected: 'bad',
  cancelled: 'quiet',
  expired: 'quiet',
  'removed-release-unverified': 'bad',
  'compensation-failed': 'bad',
};

/** The colour of a state; one that a newer API may have is shown as it is. */
export function paintState(state: RequestState, look: Look): Paint {
  const { green, red, yellow, cyan, dim } = look.colours;
  const paints = { good: green, bad: red, waiting: yellow, running: cyan, quiet: dim };
  return paints[tones[state] ?? 'running'];
}
