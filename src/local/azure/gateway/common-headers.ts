import { randomBytes, randomUUID } from 'node:crypto';
import type { AnsweringService } from '../contracts.ts';

/** Region that the routing id names; Azure's is the one of the gateway that took the request. */
const gatewayRegion = 'CENTRALUS';

/**
 * The headers of an answer that depend on who answers (azure-ipam 5). What the operation set itself
 * (ETag, Location, its own x-ms-request-id) wins.
 */
export function answerHeaders(options: {
  readonly service: AnsweringService;
  readonly status: number;
  readonly hasBody: boolean;
  /** Whether the gateway itself refused. */
  readonly isGatewayError: boolean;
  readonly path: string;
  readonly requestHeaders: Headers;
  readonly rateLimits: Readonly<Record<string, string>>;
  readonly own: Readonly<Record<string, string>>;
}): Headers {
  const { service, requestHeaders } = options;
  const correlationId = requestHeaders.get('x-ms-correlation-request-id') ?? randomUUID();
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const headers = new Headers({
    'Cache-Control': 'no-cache',
    Pragma: 'no-cache',
    Expires: '-1',
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    'X-Content-Type-Options': 'nosniff',
    'X-Cache': 'CONFIG_NOCACHE',
    'X-MSEdge-Ref': `Ref A: ${randomBytes(16).toString('hex').toUpperCase()} Ref B: LOCAL Ref C: ${new Date().toISOString().slice(0, 19)}Z`,
    'x-ms-correlation-request-id': correlationId,
    'x-ms-request-id': service === 'nrp' ? randomUUID() : correlationId,
    'x-ms-routing-request-id': `${gatewayRegion}:${time}:${correlationId}`,
    ...options.rateLimits,
  });
  if (hasContentType(options)) headers.set('Content-Type', 'application/json; charset=utf-8');
  if (service === 'nrp') headers.set('x-ms-arm-service-request-id', randomUUID());
  if (options.isGatewayError) headers.set('x-ms-failure-cause', 'gateway');
  if (/\/ipamPools(\/|$)/i.test(options.path) && service === 'ipam') {
    headers.set('mise-correlation-id', randomUUID());
  }
  const clientRequestId = requestHeaders.get('x-ms-client-request-id');
  if (clientRequestId && requestHeaders.get('x-ms-return-client-request-id') === 'true') {
    headers.set('x-ms-client-request-id', clientRequestId);
  }
  for (const [name, value] of Object.entries(options.own)) headers.set(name, value);
  return headers;
}

/** An empty 202 has no content type; an empty 204 has one when the network resource provider answers. */
function hasContentType(options: {
  readonly service: AnsweringService;
  readonly status: number;
  readonly hasBody: boolean;
}): boolean {
  return options.hasBody || (options.service === 'nrp' && options.status === 204);
}
