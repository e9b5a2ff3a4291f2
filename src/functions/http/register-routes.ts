import { app as functions } from '@azure/functions';
import * as df from 'durable-functions';
import { openRoutes, routes } from './routes/all-routes.ts';
import { serve, serveOpen } from './serve.ts';
import type { Service } from './service.ts';

/**
 * The HTTP functions. There are no others: each goes through `serve`, or says that it is open.
 * `anonymous` is about keys of the Functions host, which are no identities.
 */
export function registerRoutes(service: Service): void {
  for (const route of routes) {
    df.app.client.http(route.name, {
      methods: [route.method],
      route: route.path,
      authLevel: 'anonymous',
      handler: (request, client, context) => serve(route, request, client, context, service),
    });
  }
  for (const route of openRoutes) {
    functions.http(route.name, {
      methods: [...route.methods],
      route: route.path,
      authLevel: 'anonymous',
      handler: (request, context) => serveOpen(route, request, context, service),
    });
  }
}
