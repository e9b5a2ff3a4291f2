import type { TenantName } from './administration.ts';

/** What there is of what a step makes. */
export type Look =
  /** As it should be; nothing is to be done. */
  | { readonly status: 'present'; readonly detail: string }
  /** Nobody can tell from here; nothing is to be done about it. */
  | { readonly status: 'unknown'; readonly detail: string }
  /** What would be made, or changed. */
  | { readonly status: 'missing' | 'differs'; readonly detail: string };

/** What an undone set-up would take away. */
export interface Leftover {
  /** Whether the set-up made it; what it did not make stays. */
  readonly isOurs: boolean;
  readonly detail: string;
  /** A note of this landscape alone: it goes although what it is on stays. */
  readonly isNote?: boolean;
  /** Why it has to stay all the same: somebody uses it. */
  readonly inUse?: string | undefined;
}

/** A right at Resource Manager that a step needs to make something. */
export interface NeededRight {
  readonly action: string;
  /** ARM ids, from the nearest to the subscription: the first that exists tells. */
  readonly scopes: readonly string[];
}

/**
 * One thing that the set-up brings about. `look` comes before and after `make`, so that a step which is done
 * is not done again, and one that had no effect is found out. All of them throw SetupError.
 */
export interface Step {
  /** Unique: `pool corp-centralus`. */
  readonly id: string;
  readonly tenant: TenantName;
  /** Ids of steps without which this one makes no sense. */
  readonly needs: readonly string[];
  readonly rights?: readonly NeededRight[];
  look(): Promise<Look>;
  /** Safe to repeat; waits until it has had its effect. */
  make(): Promise<void>;
  /** What is there to be taken away; undefined: nothing. Absent where there is nothing to undo. */
  find?(): Promise<Leftover | undefined>;
  /** It goes only when it is empty, which it may be once other steps are undone. */
  readonly isContainer?: boolean;
  remove?(): Promise<void>;
  /** Not spoken of as long as there is nothing to be done. */
  readonly silent?: boolean;
  /** Why `--undo` leaves it although the set-up made it; it is not asked to take it. */
  readonly keepsUnlessAsked?: string | undefined;
}
