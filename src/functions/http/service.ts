import type { ApiApp } from '../app.ts';
import type { Settings } from '../settings.ts';
import type { Authentication } from './authentication.ts';
import { type PageFiles, readPageFiles } from './page-files.ts';
import { RateLimit } from './rate-limit.ts';

/** What the HTTP functions share beside the app. */
export interface Service {
  readonly app: ApiApp;
  readonly authentication: Authentication;
  /** Ids of the tenants whose people and applications may call. */
  readonly allowedTenants: readonly string[];
  /** Where the app is published, if not where the host sees it. */
  readonly publicOrigin: string | undefined;
  readonly rateLimit: RateLimit;
  /** Of the page; read when they are first asked for. */
  readonly pageFiles: () => Promise<PageFiles>;
}

/** @param pageFolder where the build put the page */
export const createService = (app: ApiApp, settings: Settings, pageFolder: string): Service => ({
  app,
  authentication: settings.authentication,
  allowedTenants: settings.allowedTenants,
  publicOrigin: settings.VNETV_PUBLIC_ORIGIN,
  rateLimit: new RateLimit(settings.VNETV_RATE_LIMIT_PER_MINUTE, () => app.now().getTime()),
  pageFiles: once(() => readPageFiles(pageFolder)),
});

/** Runs it at the first call, and again at the next one after it failed. */
function once<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= run().catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    return running;
  };
}
