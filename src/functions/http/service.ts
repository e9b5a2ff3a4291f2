import type { ApiApp } from '../app.ts';
import type { Settings } from '../settings.ts';
import type { Authentication } from './authentication.ts';
import { RateLimit } from './rate-limit.ts';

/** What the HTTP functions share beside the app. */
export interface Service {
  readonly app: ApiApp;
  readonly authentication: Authentication;
  /** Where the app is published, if not where the host sees it. */
  readonly publicOrigin: string | undefined;
  readonly rateLimit: RateLimit;
}

export const createService = (app: ApiApp, settings: Settings): Service => ({
  app,
  authentication: settings.authentication,
  publicOrigin: settings.VNETV_PUBLIC_ORIGIN,
  rateLimit: new RateLimit(settings.VNETV_RATE_LIMIT_PER_MINUTE, () => app.now().getTime()),
});
