import { type VendingError, vendingError } from '../model/errors.ts';
import {
  type AzureAnswer,
  type AzureErrorBody,
  azureRequestId,
  readErrorBody,
  retryAfterSeconds,
} from './azure-answer.ts';
import {
  type AnswerRule,
  answerRules,
  type ErrorMeaning,
  entraErrors,
  entraErrorsAbroad,
  oauthErrors,
} from './error-table.ts';
import { redact } from './redact.ts';

/** What was being done: it makes messages and remedies concrete. */
export interface CallContext {
  /** "Creating VNet 'a' in tenant 'b'": the message begins with it. */
  readonly doing: string;
  /** Tenant of the primary token, or of the token that was asked for. */
  readonly tenantId: string;
  readonly clientId: string;
}

type Facts = Record<string, string>;

/** An error answer of Resource Manager or a service behind it. */
export function translateAnswer(
  answer: AzureAnswer,
  context: CallContext,
  now = Date.now(),
): VendingError {
  const body = readErrorBody(answer.body);
  // Every service of Azure says what it does not find. Whoever answers without may not be Azure, and
  // nothing may pass for gone on their word.
  if (answer.status === 404 && body.code === '') {
    return invalidAnswer(context, 'A 404 that does not say what is missing.', answer);
  }
  const { rule, groups } = findRule(answer.status, body);
  const meaning: ErrorMeaning = rule ?? {
    becomes: answer.status >= 500 ? 'AzureUnavailable' : 'AzureRefused',
  };
  const facts: Facts = {
    azureStatus: String(answer.status),
    ...azureFacts(body, answer.headers),
    ...groups,
  };
  return build(meaning, context, facts, {
    message: `${context.doing} failed: Azure answered ${answer.status}${body.code && ` ${body.code}`}.`,
    words: azureWords(body),
    retryAfter: retryAfterSeconds(answer.headers, now) ?? secondsInWords(body),
  });
}

/** The status document of an operation that ended `Failed` or `Canceled`. */
export function translateOperation(
  answer: AzureAnswer,
  status: string,
  context: CallContext,
): VendingError {
  const body = readErrorBody(answer.body);
  const { rule, groups } = findRule(undefined, body);
  const superseded = rule?.becomes === 'OperationSuperseded';
  const facts = { operationStatus: status, ...azureFacts(body, answer.headers), ...groups };
  // A failed operation is over, whatever its code: only the words and facts of the rule apply.
  const remedy = rule?.becomes === 'AzureRefused' ? rule.remedy : undefined;
  return build(
    {
      becomes: superseded ? 'OperationSuperseded' : 'OperationFailed',
      ...(remedy === undefined || superseded ? {} : { remedy }),
    },
    context,
    facts,
    {
      message: `${context.doing}: the operation ended ${status}${body.code && ` with ${body.code}`}.`,
      words: azureWords(body),
      retryAfter: undefined,
    },
  );
}

/**
 * A token could not be had. The SDK's errors carry neither status nor body (azure-ipam 3), so the
 * AADSTS code is read from the words.
 */
export function translateTokenFailure(
  error: unknown,
  context: CallContext,
  options: { readonly retryAfter?: number | undefined; readonly isAbroad?: boolean } = {},
): VendingError {
  // For an answer that is no JSON the SDK's words hold its headers, which help nobody.
  const words = errorWords(error).replace(/\s*Headers: \{.*/s, '');
  const code = Number(/AADSTS(\d+)/.exec(words)?.[1] ?? Number.NaN);
  const oauth =
    /\b(invalid_client|unauthorized_client|invalid_request|invalid_scope|access_denied)\b/;
  const meaning =
    (options.isAbroad ? entraErrorsAbroad[code] : undefined) ??
    entraErrors[code] ??
    oauthErrors[oauth.exec(words)?.[1] ?? ''] ??
    ({ becomes: 'TokenUnavailable' } satisfies ErrorMeaning);
  const facts: Facts = { tenantId: context.tenantId, clientId: context.clientId };
  if (!Number.isNaN(code)) facts['azureCode'] = `AADSTS${code}`;
  return build(meaning, context, facts, {
    message: `${context.doing} failed: Entra ID issued no token for tenant ${context.tenantId}.`,
    words,
    retryAfter: options.retryAfter,
  });
}

/** No usable answer at all: the connection, DNS, TLS or a time limit. The call may have had its effect. */
export function translateFault(error: unknown, context: CallContext): VendingError {
  const fault = knownFault(error) ?? { what: 'no answer came' };
  return build(
    {
      becomes: 'AzureUnavailable',
      ...(fault.remedy === undefined ? {} : { kind: 'operator' as const, remedy: fault.remedy }),
    },
    context,
    fault.code === undefined ? {} : { networkCode: fault.code },
    {
      message: `${context.doing} failed: ${fault.what}.`,
      words: fault.words ?? errorWords(error),
      retryAfter: undefined,
    },
  );
}

/** Azure answered with success, but not in the documented form. */
export function invalidAnswer(
  context: CallContext,
  why: string,
  answer?: AzureAnswer,
): VendingError {
  const requestId = answer && azureRequestId(answer.headers);
  return vendingError('AzureAnswerInvalid', `${context.doing}: the answer of Azure is unusable.`, {
    cause: redact(why),
    details: {
      ...(answer === undefined ? {} : { azureStatus: String(answer.status) }),
      ...(requestId === undefined ? {} : { azureRequestId: requestId }),
    },
  });
}

function findRule(
  status: number | undefined,
  body: AzureErrorBody,
): { rule: AnswerRule | undefined; groups: Facts } {
  const codes = [body.code, ...body.details.map((detail) => detail.code)];
  const words = [body.message, ...body.details.map((detail) => detail.message)].join('\n');
  for (const rule of answerRules) {
    if (rule.status && (status === undefined || !rule.status.includes(status))) continue;
    if (rule.codes && !rule.codes.some((code) => codes.includes(code))) continue;
    const found = rule.text?.exec(words);
    if (rule.text && !found) continue;
    const groups = Object.entries(found?.groups ?? {}).filter(([, value]) => value !== undefined);
    return { rule, groups: Object.fromEntries(groups) };
  }
  return { rule: undefined, groups: {} };
}

function azureFacts(body: AzureErrorBody, headers: AzureAnswer['headers']): Facts {
  const requestId = azureRequestId(headers);
  const details = [...new Set(body.details.map((detail) => detail.code).filter(Boolean))];
  return {
    ...(body.code ? { azureCode: body.code } : {}),
    ...(details.length > 0 ? { azureDetailCodes: details.join(', ') } : {}),
    ...(requestId === undefined ? {} : { azureRequestId: requestId }),
  };
}

function azureWords(body: AzureErrorBody): string {
  return [body, ...body.details]
    .map(({ code, message }) => (code && message ? `${code}: ${message}` : code || message))
    .filter(Boolean)
    .join(' | ');
}

/** "The call can be retried in 14 seconds." (azure-ipam 14) */
function secondsInWords(body: AzureErrorBody): number | undefined {
  const words = [body.message, ...body.details.map((detail) => detail.message)].join('\n');
  const seconds = /retried (?:in|after) (\d+) seconds?/i.exec(words)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** Messages of an error and of everything that caused it; fetch-like errors say the reason only there. */
function errorWords(error: unknown): string {
  const words: string[] = [];
  let current: unknown = error;
  for (let depth = 0; current instanceof Error && depth < 5; depth++) {
    if (!words.some((known) => known.includes((current as Error).message))) {
      words.push(current.message);
    }
    current = current.cause;
  }
  return words.join(' | ') || String(error);
}

interface Fault {
  readonly what: string;
  /** Instead of the error's own words, where those say nothing. */
  readonly words?: string;
  readonly code?: string;
  readonly remedy?: string;
}

const faults: readonly { readonly pattern: RegExp; readonly fault: Fault }[] = [
  {
    pattern:
      /SELF_SIGNED_CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_HAS_EXPIRED|ERR_TLS_CERT|self-signed certificate|unable to verify the first certificate/i,
    fault: {
      what: 'the certificate of Azure is not trusted',
      remedy: 'Trust the authority that signed it (NODE_EXTRA_CA_CERTS), or correct the endpoint.',
    },
  },
  {
    pattern: /AbortError|aborted|timed? ?out|ETIMEDOUT|ESOCKETTIMEDOUT/i,
    fault: {
      what: 'Azure did not answer within the time limit',
      words: 'The time limit of one request passed; the call may have had its effect nevertheless.',
    },
  },
  {
    pattern: /ENOTFOUND|EAI_AGAIN|getaddrinfo/i,
    fault: { what: 'the name of the endpoint could not be resolved' },
  },
  {
    pattern:
      /ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|EHOSTUNREACH|ENETUNREACH|socket hang up|EPROTO|REQUEST_SEND_ERROR/i,
    fault: { what: 'the connection to Azure broke or could not be made' },
  },
];

function knownFault(error: unknown): Fault | undefined {
  const signs: string[] = [];
  let code: string | undefined;
  let current: unknown = error;
  for (let depth = 0; current instanceof Error && depth < 5; depth++) {
    const own = 'code' in current && typeof current.code === 'string' ? current.code : undefined;
    if (own !== undefined && /^E[A-Z]+$/.test(own)) code ??= own;
    signs.push(current.name, current.message, own ?? '');
    current = current.cause;
  }
  const found = faults.find(({ pattern }) => signs.some((sign) => pattern.test(sign)));
  return found && { ...found.fault, ...(code === undefined ? {} : { code }) };
}

function build(
  meaning: ErrorMeaning,
  context: CallContext,
  facts: Facts,
  said: { message: string; words: string; retryAfter: number | undefined },
): VendingError {
  const cause = redact(said.words);
  const known: Facts = { tenantId: context.tenantId, clientId: context.clientId, ...facts };
  const details = Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, redact(value)]),
  );
  const remedy = meaning.remedy?.replace(/\{(\w+)\}/g, (_, name: string) =>
    redact(known[name] ?? `<${name}>`),
  );
  return vendingError(meaning.becomes, redact(said.message), {
    ...(cause === '' ? {} : { cause }),
    ...(meaning.kind === undefined ? {} : { kind: meaning.kind }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(said.retryAfter === undefined ? {} : { retryAfterSeconds: said.retryAfter }),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  });
}
