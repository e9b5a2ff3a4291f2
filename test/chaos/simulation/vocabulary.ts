/** Where a request is over, as the design lists it. */
export const endStates: ReadonlySet<string> = new Set([
  'succeeded',
  'planned',
  'failed',
  'rejected',
  'cancelled',
  'expired',
  'removed-release-unverified',
  'compensation-failed',
]);

/** In every signed address of the simulated Azure. */
export const secretMark = 'sig-SECRET';

/** What must be found nowhere. */
export const secretMarks: readonly string[] = [secretMark, 'Bearer '];
