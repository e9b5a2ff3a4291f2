import type { TimerLimits } from './action-replay.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** What the Azure Storage back end tells the SDK (durable-functions 3.1). */
export const azureTimerLimits: TimerLimits = { longestMs: 6 * dayMs, partMs: 3 * dayMs };
