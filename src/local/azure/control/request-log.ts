/** A right that a request needs, and where. */
export interface DemandedAction {
  readonly action: string;
  /** ARM id. */
  readonly scope: string;
}

/** One request as `/_control/requests` shows it; never a token, a secret, a body or a signed query. */
export interface LoggedRequest {
  /** ISO 8601, real time. */
  readonly time: string;
  readonly service: 'entra' | 'graph' | 'arm';
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly apiVersion: string | null;
  /** Tenant of the primary token; of the path at the token endpoint. */
  readonly tenant: string | null;
  /** Tenants of the auxiliary tokens, in their order. */
  readonly auxiliaryTenants: readonly string[];
  /** Null when the connection was dropped. */
  readonly status: number | null;
  readonly requestId: string | null;
  /** RBAC actions that the gateway asked for, in the order of its checks; it stops at the first that is not held. */
  readonly demanded: readonly DemandedAction[];
  readonly durationMs: number;
  /** Whether a fault had a hand in it. */
  readonly fault: boolean;
}

const mostEntries = 20_000;

/** What was asked of the emulated Azure, oldest first; the newest entries stay when it grows long. */
export class RequestLog {
  #entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    if (this.#entries.length > mostEntries) this.#entries = this.#entries.slice(mostEntries / 2);
  }

  list(): readonly LoggedRequest[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries = [];
  }
}
