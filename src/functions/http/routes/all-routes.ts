import type { OpenRoute, Route } from '../route.ts';
import { health } from './health.ts';
import { me } from './me.ts';
import { unknownRoute } from './unknown-route.ts';

/** Every route of the API; the OpenAPI document is made of this list. */
export const routes: readonly Route[] = [me];

/** Addresses that need no caller. */
export const openRoutes: readonly OpenRoute[] = [health, unknownRoute(routes)];
