import { availableParallelism } from 'node:os';
import { HostError } from './host-error.ts';

/** The parts of host.json that the local host heeds. */
export interface HostJson {
  readonly extensions?: {
    readonly http?: { readonly routePrefix?: string };
    readonly serviceBus?: {
      readonly maxConcurrentCalls?: number;
      /** `hh:mm:ss` */
      readonly maxAutoLockRenewalDuration?: string;
    };
    readonly durableTask?: {
      readonly defaultVersion?: string;
      readonly maxConcurrentActivityFunctions?: number;
    };
  };
}

export interface HostConfiguration {
  readonly routePrefix: string;
  readonly maxConcurrentCalls: number;
  readonly maxAutoLockRenewalMs: number;
  readonly defaultVersion: string | null;
  readonly maxConcurrentActivities: number;
}

/** host.json with Azure's defaults (service-bus 12, durable-functions 11). */
export function readHostJson(hostJson: HostJson): HostConfiguration {
  const { http, serviceBus, durableTask } = hostJson.extensions ?? {};
  return {
    routePrefix: http?.routePrefix ?? 'api',
    maxConcurrentCalls: serviceBus?.maxConcurrentCalls ?? 16 * availableParallelism(),
    maxAutoLockRenewalMs: durationMs(serviceBus?.maxAutoLockRenewalDuration ?? '00:05:00'),
    defaultVersion: durableTask?.defaultVersion ?? null,
    maxConcurrentActivities:
      durableTask?.maxConcurrentActivityFunctions ?? 10 * availableParallelism(),
  };
}

function durationMs(text: string): number {
  const match = /^(?:(\d+)\.)?(\d+):(\d+):(\d+)$/.exec(text);
  if (!match) {
    throw new HostError(
      'bad-host-json',
      `host.json has the duration "${text}".`,
      'Write durations as hh:mm:ss.',
    );
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((v) => Number(v ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
