import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import { logEvent, wordsOf } from '../telemetry/log-event.ts';
import { inScope } from '../telemetry/scope.ts';
import { extentOf, missingRight } from './access.ts';
import { admit } from './admission.ts';
import type { Answer } from './answer.ts';
import { authenticate } from './authentication.ts';
import { crossSiteRefusal } from './cross-site.ts';
import { finishAnswer } from './finish-answer.ts';
import { type Caller, callerKey } from './principal.ts';
import { problemAnswer } from './problems.ts';
import { readBody } from './read-body.ts';
import { readQuery } from './read-query.ts';
import type { Call, OpenRoute, Route } from './route.ts';
import { apiHeaders, securityHeaders } from './security-headers.ts';
import type { Service } from './service.ts';

/**
 * Serves one call of the API. The checks stand here, in this order, for every route: signed in, allowed,
 * not too often, not from a foreign page, parameters, body. Whatever goes wrong is told as a problem, and
 * what nobody foresaw without a detail.
 */
export async function serve(
  route: Route,
  request: HttpRequest,
  client: DurableClient,
  context: InvocationContext,
  service: Service,
): Promise<HttpResponseInit> {
  const startedAt = performance.now();
  const signedIn = authenticate(request.headers, service.authentication);
  const caller = signedIn.ok
    ? admit(signedIn.value, service.allowedTenants, service.app.landscape)
    : signedIn;
  const answer = await inScope({ target: context, facts: {} }, () =>
    answerOf(route, request, caller, { client, service }),
  ).catch((error: unknown) => unexpected(error, context));
  const who = signedIn.ok ? callerKey(signedIn.value) : 'nobody';
  const milliseconds = Math.round(performance.now() - startedAt);
  const { method, path } = route;
  const { status } = answer;
  logEvent('http.request', { method, route: path, status, milliseconds, by: who }, context);
  return finishAnswer(answer, {
    headers: { ...apiHeaders, 'x-request-id': context.invocationId },
    ifNoneMatch: route.method === 'GET' ? request.headers.get('if-none-match') : null,
  });
}

async function answerOf(
  route: Route,
  request: HttpRequest,
  authenticated: Outcome<Caller>,
  { client, service }: { client: DurableClient; service: Service },
): Promise<Answer> {
  const { app } = service;
  if (!authenticated.ok) {
    if (authenticated.error.code !== 'NotSignedIn') return problemAnswer(authenticated.error);
    return problemAnswer(authenticated.error, {
      signInUrl: service.authentication.signInUrl,
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  const caller = authenticated.value;
  const refused = refusalOf(route, request, caller, service);
  if (!refused.ok) return problemAnswer(refused.error);
  const query = route.query ? readQuery(request.query, route.query) : success(undefined);
  if (!query.ok) return problemAnswer(query.error);
  const body = route.body ? await readBody(request, route.body) : success(undefined);
  if (!body.ok) return problemAnswer(body.error);
  const call: Call<unknown, unknown> = {
    app,
    caller,
    client,
    params: request.params,
    query: query.value,
    body: body.value,
    headers: request.headers,
  };
  return await route.handle(call);
}

/** What can be said before anything of the request is read. */
function refusalOf(
  route: Route,
  { headers, url }: HttpRequest,
  caller: Caller,
  { rateLimit, publicOrigin }: Service,
): Outcome<null> {
  const wait = rateLimit.take(callerKey(caller), route.cost);
  if (wait > 0) {
    return failure(
      vendingError('TooManyRequests', `${caller.name} asks too often.`, {
        retryAfterSeconds: wait,
      }),
    );
  }
  if (route.access !== 'signed-in' && extentOf(route.access, caller) === undefined) {
    return failure(missingRight(route.access, caller));
  }
  const foreign = route.method === 'GET' ? undefined : crossSiteRefusal(headers, url, publicOrigin);
  return foreign ? failure(foreign) : success(null);
}

/** Serves what anybody may see. */
export async function serveOpen(
  route: OpenRoute,
  request: HttpRequest,
  context: InvocationContext,
  service: Service,
): Promise<HttpResponseInit> {
  const { method, headers } = request;
  const { pathname } = new URL(request.url);
  const answer = await route
    .handle({ service, method, headers, pathname })
    .catch((error: unknown) => unexpected(error, context));
  return finishAnswer(answer, {
    headers: { 'cache-control': 'no-store', ...securityHeaders },
    ifNoneMatch: headers.get('if-none-match'),
    withoutBody: method === 'HEAD',
  });
}

/** The log gets what happened; the caller what helps to find it there. */
function unexpected(error: unknown, context: InvocationContext): Answer {
  logEvent('http.failed', { invocationId: context.invocationId, message: wordsOf(error) }, context);
  return problemAnswer(
    vendingError('Unexpected', 'The request failed in a way that nobody foresaw.', {
      remedy: `Try again; if it stays, report it with the request id ${context.invocationId}.`,
    }),
  );
}
