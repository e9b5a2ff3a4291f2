import { retryAfterSeconds } from '../../azure/azure-answer.ts';
import { redact } from '../../azure/redact.ts';
import { contentHash } from '../../ledger/content-hash.ts';
import type { Callback } from '../../model/callbacks.ts';
import { vendingError } from '../../model/errors.ts';
import type { EventEnvelope } from '../../model/event-envelope.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import { teamsMessage } from '../../model/teams-message.ts';
import type { CallbackActivity, CallbackDependencies } from './callback-contracts.ts';
import { postWebhook, type WebhookAnswer } from './post-webhook.ts';
import { parseSecrets, webhookSignature } from './webhook-signature.ts';

/** Posts an event to a callback once. What it answers, and what it throws, names neither address nor secret. */
export const postCallback: CallbackActivity<'postCallback'> = async (input, dependencies) => {
  const { callback: name, event } = input;
  const callback = dependencies.landscape.callbacks.find((one) => one.name === name);
  if (!callback) {
    const message = `The landscape lists no callback '${name}' any more.`;
    return failure(vendingError('CallbackWithdrawn', message));
  }
  const url = addressOf(callback, dependencies);
  if (!url.ok) return url;
  const isCard = callback.format === 'teams';
  const body = asciiJson(isCard ? teamsMessage(event) : event);
  const headers = signedHeaders(callback, event, body, dependencies);
  if (!headers.ok) return headers;
  const { timeoutSeconds } = callback;
  const post = { url: url.value, headers: headers.value, body, timeoutSeconds };
  const answer = await postWebhook(post, dependencies.network);
  return judge(name, answer, dependencies.now().getTime());
};

/**
 * JSON in ASCII: its bytes are the same in every character set, so that a receiver which reads the body as
 * text before it computes the signature comes to the same one.
 */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function addressOf(
  { name, url, urlSetting = '' }: Callback,
  { settings }: CallbackDependencies,
): Outcome<string> {
  const address = url ?? settings[urlSetting];
  if (address !== undefined && /^https?:$/.test(URL.parse(address)?.protocol ?? '')) {
    return success(address);
  }
  const message = `The setting '${urlSetting}' holds no address for the callback '${name}'.`;
  return failure(vendingError('CallbackSettingInvalid', message));
}

/** Headers of Standard Webhooks. The id is that of the event, whichever attempt; it may hold no full stop. */
function signedHeaders(
  { name, secretSetting, format }: Callback,
  event: EventEnvelope,
  body: string,
  { settings, now }: CallbackDependencies,
): Outcome<Record<string, string>> {
  const secrets = parseSecrets(settings[secretSetting]);
  if (!secrets) {
    const message = `The setting '${secretSetting}' holds no secret for the callback '${name}'.`;
    return failure(vendingError('CallbackSettingInvalid', message));
  }
  const id = `msg_${contentHash({ source: event.source, id: event.id }).slice(0, 32)}`;
  const timestamp = Math.floor(now().getTime() / 1000);
  return success({
    'content-type': `application/${format === 'teams' ? 'json' : 'cloudevents+json'}; charset=utf-8`,
    'user-agent': 'vnet-vending',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': webhookSignature({ id, timestamp, body }, secrets),
  });
}

function judge(name: string, answer: WebhookAnswer, now: number): Outcome<null> {
  switch (answer.kind) {
    case 'refused': {
      const message = `The callback '${name}' has an address that callbacks do not go to.`;
      return failure(vendingError('CallbackAddressRefused', message, { cause: answer.reason }));
    }
    case 'failed': {
      const message = `The callback '${name}' could not be reached.`;
      return failure(vendingError('CallbackUnreachable', message, { cause: answer.reason }));
    }
    case 'answered':
      return judgeStatus(name, answer, now);
  }
}

function judgeStatus(
  name: string,
  { status, headers, text }: Extract<WebhookAnswer, { kind: 'answered' }>,
  now: number,
): Outcome<null> {
  if (status >= 200 && status < 300) return success(null);
  const message = `The callback '${name}' was answered HTTP ${status}.`;
  if (status === 410) return failure(vendingError('CallbackWithdrawn', message));
  const wait = retryAfterSeconds(headers, now);
  return failure(
    vendingError('CallbackNotAccepted', message, {
      cause: causeOf(status, text),
      ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
    }),
  );
}

function causeOf(status: number, text: string): string {
  if (status >= 300 && status < 400) return 'Callbacks follow no redirects.';
  const words = redact(text.replaceAll(/\p{Cc}+/gu, ' '));
  return words === '' ? 'The answer says nothing more.' : `The receiver says: ${words}`;
}
