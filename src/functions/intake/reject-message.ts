import type { VendingError } from '../../model/errors.ts';
import { rejectionEvent } from '../../model/events.ts';
import type { App } from '../app.ts';
import { logEvent } from '../telemetry/log-event.ts';
import type { LogTarget } from '../telemetry/scope.ts';
import type { StoredMessage } from './service-bus.ts';

/** Why a message is not taken. */
export interface Refusal {
  readonly error: VendingError;
  readonly requestId: string | undefined;
}

/** Copy, event, return: a crash in between repeats all three, so each is repeatable (service-bus 2). */
export async function rejectMessage(
  app: App,
  stored: StoredMessage,
  { error, requestId }: Refusal,
  log: LogTarget,
): Promise<void> {
  const { sequenceNumber, enqueuedTimeUtc, messageId } = stored.message;
  const rejectionId = `rej-${sequenceNumber}-${enqueuedTimeUtc?.getTime() ?? 0}`;
  logEvent(
    'message.rejected',
    { requestId, rejectionId, errorCode: error.code, message: error.message },
    log,
  );
  await app.serviceBus.reject(stored, rejectionId, error);
  await app.serviceBus.publish(
    rejectionEvent(
      rejectionId,
      {
        ...(requestId === undefined ? {} : { requestId }),
        ...(messageId === undefined ? {} : { originalMessageId: String(messageId) }),
        error,
      },
      app.now().toISOString(),
    ),
  );
}
