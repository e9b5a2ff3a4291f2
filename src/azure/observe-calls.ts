import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { azureAnswer, readErrorBody } from './azure-answer.ts';

/** One request to Resource Manager, as far as it may be told: no query (poll URLs are signed), no body, no token. */
export interface AzureRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Tenant of the primary token. */
  readonly tenantId: string;
  /** Sent with the token of the management tenant as well. */
  readonly auxiliary: boolean;
}

/** How it ended. */
export interface AzureRequestEnd {
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  /** Azure's, or the network's where no answer came. */
  readonly errorCode: string | undefined;
  readonly milliseconds: number;
  /** `x-ms-client-request-id`: chosen by the SDK, one a request. */
  readonly clientRequestId: string;
  /** `x-ms-request-id` of the answer: Azure's support finds the call by it. */
  readonly azureRequestId: string | undefined;
  /** `x-ms-correlation-request-id` of the answer: the activity log of Azure shows it as `correlationId`. */
  readonly correlationId: string | undefined;
}

export interface AzureObservation {
  /** Sent along with the request. */
  readonly headers: Readonly<Record<string, string>>;
  end(end: AzureRequestEnd): void;
}

/** Sees every request to Resource Manager, for logs and traces. Must not throw. */
export type ObserveAzure = (request: AzureRequest) => AzureObservation;

/** Tells an observer of the requests that a client of one tenant makes. */
export function observingPolicy(
  observe: ObserveAzure,
  caller: Pick<AzureRequest, 'tenantId' | 'auxiliary'>,
): PipelinePolicy {
  return {
    name: 'observeCalls',
    async sendRequest(request, next) {
      const startedAt = performance.now();
      const { method } = request;
      const { host, pathname: path } = new URL(request.url);
      const { headers, end } = observe({ method, host, path, ...caller });
      for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
      const ended = (rest: Partial<AzureRequestEnd>) =>
        end({
          status: undefined,
          errorCode: undefined,
          azureRequestId: undefined,
          correlationId: undefined,
          ...rest,
          milliseconds: Math.round(performance.now() - startedAt),
          clientRequestId: request.requestId,
        });
      try {
        const response = await next(request);
        const { status } = response;
        ended({
          status,
          errorCode: status >= 400 ? readErrorBody(azureAnswer(response).body).code : undefined,
          azureRequestId: response.headers.get('x-ms-request-id'),
          correlationId: response.headers.get('x-ms-correlation-request-id'),
        });
        return response;
      } catch (error) {
        ended({ errorCode: nameOf(error) });
        throw error;
      }
    },
  };
}

/** `ENOTFOUND`, `REQUEST_SEND_ERROR`, `AbortError`, ... */
function nameOf(error: unknown): string {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === 'string' ? code : String(name ?? 'Error');
}
