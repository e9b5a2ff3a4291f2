/** The set-up was stopped between two steps: the next run goes on. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}
