import type { AzureServices } from '../contracts.ts';

/** How long operations run at speed 1, in milliseconds (azure-ipam 7; what is not on record is set like its neighbours). */
export const durations = {
  virtualNetworkCreate: 16_000,
  /** Until the PUT itself is answered. */
  virtualNetworkCreateAnswer: 2_000,
  /** A PUT that associates a pool. */
  virtualNetworkAssociate: 17_000,
  virtualNetworkUpdate: 11_000,
  virtualNetworkDelete: 11_000,
  poolUpdate: 5_000,
  poolDelete: 5_000,
  /** From the second side of a connection until both are Connected. */
  connection: 1_000,
  /** How long the gateway's index still shows a deleted pool. */
  gatewayIndexLag: 5_000,
} as const;

/** How long services answer the 404 of what was deleted in their own shape, at any speed. */
export const tombstoneMs = 300_000;

/** Length of something on this clock, divided by the speed. */
export const scaled = (services: AzureServices, milliseconds: number): number =>
  Math.round(milliseconds / services.speed);

/**
 * `Retry-After` as recorded at speed 1. At other speeds it is rounded down to whole seconds (maybe 0),
 * and `x-ms-retry-after-ms` tells exactly.
 */
export function retryAfter(services: AzureServices, seconds: number): Record<string, string> {
  if (services.speed === 1) return { 'Retry-After': String(seconds) };
  const milliseconds = scaled(services, seconds * 1000);
  return {
    'Retry-After': String(Math.floor(milliseconds / 1000)),
    'x-ms-retry-after-ms': String(milliseconds),
  };
}
