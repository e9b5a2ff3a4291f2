import { setTimeout as sleep } from 'node:timers/promises';

/** A fault as `POST /_control/faults` takes it. */
export interface Fault {
  readonly match: {
    readonly method?: string;
    readonly path?: string;
    readonly tenant?: string;
    readonly nth?: number;
    readonly times?: number;
  };
  readonly effect: Readonly<Record<string, unknown>>;
}

export interface LoggedRequest {
  readonly service: 'entra' | 'graph' | 'arm';
  readonly method: string;
  readonly path: string;
  readonly tenant: string | null;
  readonly status: number;
}

/** The control interface of the emulated Azure. */
export class Control {
  readonly #url: string;

  /** @param url the `control` address of the ready file. */
  constructor(url: string) {
    this.#url = url;
  }

  addFault(fault: Fault): Promise<unknown> {
    return this.#send('POST', 'faults', fault);
  }

  /** How often the faults were felt since they were added. */
  async faultsApplied(): Promise<number> {
    return (await this.feltFaults()).reduce((sum, applied) => sum + applied, 0);
  }

  /** How often each fault was felt, in the order in which they were added. */
  async feltFaults(): Promise<readonly number[]> {
    const faults = (await this.#send('GET', 'faults')) as { faults?: { applied: number }[] };
    const list = faults.faults ?? (faults as unknown as { applied: number }[]);
    return list.map(({ applied }) => applied);
  }

  clearFaults(): Promise<unknown> {
    return this.#send('DELETE', 'faults');
  }

  async requests(): Promise<readonly LoggedRequest[]> {
    const answer = (await this.#send('GET', 'requests')) as { requests?: LoggedRequest[] };
    return answer.requests ?? (answer as unknown as LoggedRequest[]);
  }

  clearRequests(): Promise<unknown> {
    return this.#send('DELETE', 'requests');
  }

  state(): Promise<unknown> {
    return this.#send('GET', 'state');
  }

  change(change: object): Promise<unknown> {
    return this.#send('POST', 'state', change);
  }

  async #send(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.#url}/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

/** Waits until a condition holds; fails with what was waited for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}.`);
    await sleep(5);
  }
}
