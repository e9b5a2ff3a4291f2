import { randomUUID } from 'node:crypto';

/** A refusal of the token endpoint. */
export class EntraError extends Error {
  readonly aadsts: number;
  readonly status: number;
  /** OAuth 2.0 error name. */
  readonly error: string;

  constructor(aadsts: number, message: string) {
    super(message);
    this.name = 'EntraError';
    this.aadsts = aadsts;
    const known = oauthErrors[aadsts];
    this.status = known?.[0] ?? 400;
    this.error = known?.[1] ?? 'invalid_request';
  }
}

/** Status and OAuth error of each code that the token endpoint answers. */
const oauthErrors: Readonly<Record<number, readonly [number, string]>> = {
  50194: [400, 'invalid_request'],
  70003: [400, 'unsupported_grant_type'],
  90002: [400, 'invalid_request'],
  90033: [503, 'temporarily_unavailable'],
  500011: [400, 'invalid_resource'],
  700016: [400, 'unauthorized_client'],
  700023: [401, 'invalid_client'],
  700024: [401, 'invalid_client'],
  700027: [401, 'invalid_client'],
  700211: [401, 'invalid_client'],
  700212: [401, 'invalid_client'],
  700213: [401, 'invalid_client'],
  900561: [400, 'invalid_request'],
  900144: [400, 'invalid_request'],
  1002012: [400, 'invalid_scope'],
  7000215: [401, 'invalid_client'],
  7000218: [401, 'invalid_client'],
  7000222: [401, 'invalid_client'],
  7000229: [401, 'invalid_client'],
};

export interface EntraErrorBody {
  readonly error: string;
  readonly error_description: string;
  readonly error_codes: readonly number[];
  readonly timestamp: string;
  readonly trace_id: string;
  readonly correlation_id: string;
  readonly error_uri: string;
}

/** The body of a refusal, in the form of Entra ID (azure-ipam 3). */
export function entraErrorBody(
  error: { readonly aadsts: number; readonly error: string; readonly message: string },
  origin: string,
  correlationId: string,
): EntraErrorBody {
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const traceId = randomUUID();
  return {
    error: error.error,
    error_description: `AADSTS${error.aadsts}: ${error.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [error.aadsts],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `${origin}/error?code=${error.aadsts}`,
  };
}
