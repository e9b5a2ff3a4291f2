import { HostError } from './host-error.ts';
import type { Settings } from './settings.ts';

export interface HttpLimits {
  readonly bodyBytes: number;
  /** How long a function may take until its answer begins. */
  readonly answerMs: number;
}

/** App setting of Azure Functions. */
const bodySetting = 'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT';
const defaultBodyBytes = 100 * 1024 * 1024;

/** Azure's load balancer gives up after this time, whatever the function's own time limit is. */
const answerMs = 230_000;

/** The limits of Azure. */
export function readHttpLimits(settings: Settings): HttpLimits {
  const text = settings[bodySetting] ?? String(defaultBodyBytes);
  const bodyBytes = Number(text);
  if (!Number.isSafeInteger(bodyBytes) || bodyBytes <= 0) {
    throw new HostError(
      'bad-setting',
      `The app setting ${bodySetting} is "${text}".`,
      'Write the number of bytes that a request body may have.',
    );
  }
  return { bodyBytes, answerMs };
}
