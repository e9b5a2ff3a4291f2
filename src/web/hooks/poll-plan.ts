/** How often something is read again, in milliseconds. */
export interface PollPlan {
  readonly first: number;
  readonly factor: number;
  readonly most: number;
}

/** For a request that is under way. */
export const livePoll: PollPlan = { first: 1_500, factor: 1.5, most: 30_000 };

/** For lists. */
export const calmPoll: PollPlan = { first: 15_000, factor: 1.5, most: 120_000 };

/** How long to wait before the next reading; after news (or at first) the shortest time. */
export const nextDelay = ({ first, factor, most }: PollPlan, last: number | undefined): number =>
  last === undefined ? first : Math.min(most, last * factor);
