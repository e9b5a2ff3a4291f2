/** One HTTP answer of Resource Manager, as far as classification needs it. */
export interface AzureAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; the text itself where it is none; undefined when empty. */
  readonly body: unknown;
}

/** What the five error body shapes have in common (azure-ipam 13). */
export interface AzureErrorBody {
  /** Empty when the body names none. */
  readonly code: string;
  readonly message: string;
  /** Flattened: details of details, and inner errors, are members too. */
  readonly details: readonly { readonly code: string; readonly message: string }[];
}

/** Builds the answer from what the SDK's pipeline received. */
export function azureAnswer(response: {
  readonly status: number;
  readonly headers: { toJSON(): Record<string, string> };
  readonly bodyAsText?: string | null;
}): AzureAnswer {
  return {
    status: response.status,
    headers: response.headers.toJSON(),
    body: parseBody(response.bodyAsText),
  };
}

function parseBody(text: string | null | undefined): unknown {
  if (text === undefined || text === null || text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Reads code, message and details from an error body: `{error: {...}}` of the gateway, the network
 * resource provider and the network manager service, the bare `{code, message}` of the IPAM service,
 * and the status document of an operation. What is no such body yields its text as message.
 */
export function readErrorBody(body: unknown): AzureErrorBody {
  if (typeof body === 'string') return { code: '', message: body.trim(), details: [] };
  if (!isRecord(body)) return { code: '', message: '', details: [] };
  const error = isRecord(body['error']) ? body['error'] : body;
  return {
    code: text(error['code']),
    message: text(error['message']),
    details: innerErrors(error, 0),
  };
}

/** Deeper nesting than this is not on record; the bound keeps a hostile body from recursing. */
const deepestDetails = 5;

function innerErrors(error: Record<string, unknown>, depth: number): AzureErrorBody['details'] {
  if (depth === deepestDetails) return [];
  const listed = Array.isArray(error['details']) ? error['details'] : [];
  return [...listed, error['innererror'], error['innerError']]
    .filter(isRecord)
    .flatMap((inner) => [
      { code: text(inner['code']), message: text(inner['message']) },
      ...innerErrors(inner, depth + 1),
    ]);
}

/**
 * How long Azure asks to wait, in seconds: the millisecond headers first, then `Retry-After` as
 * seconds or as HTTP date. A date in the past is 0.
 */
export function retryAfterSeconds(
  headers: Readonly<Record<string, string>>,
  now: number,
): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const milliseconds = nonNegative(headers[name]);
    if (milliseconds !== undefined) return milliseconds / 1000;
  }
  const value = headers['retry-after'];
  const seconds = nonNegative(value);
  if (value === undefined || seconds !== undefined) return seconds;
  const date = Date.parse(value);
  // Azure's own clock counts: the answer's date, where it has one.
  const sentAt = Date.parse(headers['date'] ?? '');
  if (Number.isNaN(date)) return undefined;
  return Math.max(0, (date - (Number.isNaN(sentAt) ? now : sentAt)) / 1000);
}

/** The id under which Azure's support finds the call. */
export const azureRequestId = (headers: Readonly<Record<string, string>>): string | undefined =>
  headers['x-ms-request-id'] ?? headers['x-ms-correlation-request-id'];

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function nonNegative(value: string | undefined): number | undefined {
  if (value === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(value)) return undefined;
  return Number(value);
}
