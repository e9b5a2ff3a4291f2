import { AsyncLocalStorage } from 'node:async_hooks';

/** The logger of a function's context, or the console. */
export interface LogTarget {
  log(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** For what a function works: on every line that it writes, and on every call of Azure that it makes. */
export interface ScopeFacts {
  /** Number of the ticket. */
  readonly requestId?: string | undefined;
  readonly operation?: string | undefined;
  /** Alias. */
  readonly tenant?: string | undefined;
  readonly step?: string | undefined;
  readonly attempt?: number | undefined;
  readonly traceId?: string | undefined;
}

export interface Scope {
  readonly target: LogTarget;
  readonly facts: ScopeFacts;
}

const scopes = new AsyncLocalStorage<Scope>();

export const currentScope = (): Scope | undefined => scopes.getStore();

/** Runs a function; what it does, and what it waits for, is in the scope. */
export const inScope = <T>(scope: Scope, run: () => T): T => scopes.run(scope, run);
