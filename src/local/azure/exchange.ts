import type { FaultEffect, FaultList } from './control/faults.ts';
import type { DemandedAction, LoggedRequest, RequestLog } from './control/request-log.ts';

/** A request to one of the emulated services, and what is known of it before it is checked. */
export interface Exchange {
  readonly service: LoggedRequest['service'];
  readonly request: Request;
  readonly url: URL;
  /** Path as asked for, without query. */
  readonly path: string;
  readonly method: string;
  /** Scheme and host that the client used. */
  readonly origin: string;
  /** Claimed, not yet checked. */
  readonly tenant: string | undefined;
  readonly auxiliaryTenants: readonly string[];
  /** Filled by the service that answers. */
  readonly demanded: DemandedAction[];
  /** Resolves when the connection is closed, by whichever side. */
  untilClosed(): Promise<void>;
}

/** An emulated service: the token endpoint, Graph or Resource Manager. */
export interface Service {
  answer(exchange: Exchange, effect: FaultEffect | undefined): Promise<Response>;
  /** A refusal that a fault asks for, in the shape of whoever would have answered. */
  refuse(exchange: Exchange, status: number, code: string, message: string): Response;
}

export const dropped = Symbol('the connection is dropped');

/**
 * Answers a request through its service, with the effect of a fault that matches, and logs it.
 *
 * @returns `dropped` when a fault wants the connection broken without an answer.
 */
export async function carryOut(
  exchange: Exchange,
  service: Service,
  options: { readonly faults: FaultList; readonly log: RequestLog },
): Promise<Response | typeof dropped> {
  const startedAt = Date.now();
  const effect = options.faults.take(exchange);
  if (effect?.delayMs) await sleep(effect.delayMs);
  const response = effect
    ? await answerWithEffect(exchange, service, effect, options.faults)
    : await service.answer(exchange, undefined);
  const answered = response === dropped ? undefined : response;
  options.log.add({
    time: new Date(startedAt).toISOString(),
    service: exchange.service,
    method: exchange.method,
    path: exchange.path,
    apiVersion: exchange.url.searchParams.get('api-version'),
    tenant: exchange.tenant ?? null,
    auxiliaryTenants: exchange.auxiliaryTenants,
    status: answered?.status ?? null,
    requestId: answered?.headers.get('x-ms-request-id') ?? null,
    demanded: exchange.demanded,
    durationMs: Date.now() - startedAt,
    fault: effect !== undefined,
  });
  return response;
}

async function answerWithEffect(
  exchange: Exchange,
  service: Service,
  effect: FaultEffect,
  faults: FaultList,
): Promise<Response | typeof dropped> {
  if (effect.dropConnection) return dropped;
  const hang = async (): Promise<typeof dropped> => {
    await Promise.race([exchange.untilClosed(), faults.untilCleared()]);
    return dropped;
  };
  if (effect.hang) return hang();
  const { status, applyThenAnswer, applyThenDrop, applyThenHang } = effect;
  const isApplied = status === undefined || applyThenAnswer || applyThenDrop || applyThenHang;
  const applied = isApplied ? await service.answer(exchange, effect) : undefined;
  if (applyThenDrop) return dropped;
  if (applyThenHang) return hang();
  const response = status === undefined && applied ? applied : refusalOf(exchange, service, effect);
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(effect.headers ?? {})) headers.set(name, value);
  return new Response(effect.body ?? response.body, { status: response.status, headers });
}

function refusalOf(exchange: Exchange, service: Service, effect: FaultEffect): Response {
  const { status = 500, code, message } = effect;
  return service.refuse(
    exchange,
    status,
    code ?? usualCode(status),
    message ?? 'A fault was asked for.',
  );
}

/** The code that usually goes with a status. */
function usualCode(status: number): string {
  const codes: Readonly<Record<number, string>> = {
    400: 'BadRequest',
    401: 'AuthenticationFailed',
    403: 'AuthorizationFailed',
    404: 'NotFound',
    408: 'RequestTimeout',
    409: 'Conflict',
    412: 'PreconditionFailed',
    429: 'TooManyRequests',
    500: 'InternalServerError',
    502: 'BadGateway',
    503: 'ServiceUnavailable',
    504: 'GatewayTimeout',
  };
  return codes[status] ?? (status < 500 ? 'BadRequest' : 'InternalServerError');
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
