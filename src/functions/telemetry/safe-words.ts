import { redact } from '../../azure/redact.ts';

/** A person, however it is written: no log needs it. */
const mailAddress = /[\p{L}\p{N}._%+#'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;

/** The words of others without tokens, secrets, signed addresses and mail addresses. */
export const safeWords = (text: string): string =>
  redact(text).replace(mailAddress, '[mail address]');

/**
 * An error that nobody foresaw, for whoever keeps its words: the Functions host writes them into its log, and
 * Durable Functions into a history that is plain text, from where they get into the record of the request.
 */
export function safeError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(safeWords(String(error)));
  const safe = new Error(safeWords(error.message));
  safe.name = error.name;
  if (error.stack !== undefined) safe.stack = safeWords(error.stack);
  return safe;
}
