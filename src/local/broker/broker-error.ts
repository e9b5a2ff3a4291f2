/** Why the broker refuses an operation; the AMQP layer turns it into the condition of the same name. */
export type BrokerErrorCode =
  | 'com.microsoft:message-lock-lost'
  | 'com.microsoft:message-not-found'
  | 'amqp:link:message-size-exceeded'
  | 'amqp:decode-error'
  | 'amqp:not-allowed'
  | 'amqp:unauthorized-access'
  | 'amqp:not-found'
  | 'amqp:not-implemented'
  | 'amqp:internal-error';

export class BrokerError extends Error {
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string) {
    super(message);
    this.name = 'BrokerError';
    this.code = code;
  }
}

/** What a caller is told: its own mistakes in full, anything unforeseen as an internal error. */
export function toBrokerError(error: unknown): BrokerError {
  if (error instanceof BrokerError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new BrokerError('amqp:internal-error', `The broker failed: ${text}. See its log.`);
}

export function lockLost(token: string, path: string): BrokerError {
  return new BrokerError(
    'com.microsoft:message-lock-lost',
    `The lock ${token} on a message of '${path}' has expired, or the message was settled already. Receive it again.`,
  );
}

export function messageNotFound(
  sequenceNumber: number,
  state: 'deferred' | 'scheduled',
  path: string,
): BrokerError {
  return new BrokerError(
    'com.microsoft:message-not-found',
    `'${path}' has no ${state} message with sequence number ${sequenceNumber} that could be taken.`,
  );
}
