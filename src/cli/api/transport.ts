import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { World } from '../world.ts';
import type { ApiAddress } from './api-address.ts';
import { causeOf, notOurs, problemError, unreachable } from './api-errors.ts';
import { isBusy, retryAfterMs, waitBeforeRetry } from './retry.ts';

/** A check of a whole tenant asks Azure many questions. */
const patienceMs = 180_000;

export interface Call {
  readonly method: 'GET' | 'POST';
  /** Below the address of the API: `api/requests`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** May be made again when its answer was lost: a GET, or a POST that carries an Idempotency-Key. */
  readonly isRepeatable: boolean;
}

export interface TransportOptions {
  readonly address: ApiAddress;
  readonly signIn: SignIn;
  readonly world: World;
  /** Of the program, for the server's logs. */
  readonly userAgent: string;
  /** Told before a wait. */
  readonly onWait?: (why: string, milliseconds: number) => void;
}

/**
 * Makes calls and makes them again when the server asks for it. The token goes to the API's own
 * origin alone: redirects are not followed.
 */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  get origin(): string {
    return this.#options.address.url.origin;
  }

  /** The address of a path; a link that the server gave is followed only within its own origin. */
  urlOf(path: string, query: Call['query'] = {}): URL {
    const url = new URL(path, this.#options.address.url);
    if (url.origin !== this.origin) {
      throw notOurs(this.origin, `It links to another server: ${url.origin}.`);
    }
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    return url;
  }

  /** Answers what is no error; throws a `CliError` for everything else. */
  async send(call: Call): Promise<Response> {
    const { world, signIn, onWait } = this.#options;
    let mayRenew = true;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#attempt(call);
      if (answer instanceof Response && answer.ok) return answer;
      if (answer instanceof Response && answer.status === 401 && mayRenew && signIn.renew()) {
        mayRenew = false;
        continue;
      }
      const wait = this.#waitFor(answer, attempt, call);
      if (wait === undefined) throw await this.#errorOf(answer);
      const what =
        answer instanceof Response ? `answered ${answer.status}` : 'broke the connection';
      onWait?.(`The API ${what}; trying again.`, wait);
      await world.sleep(wait);
    }
  }

  /** How long to wait before the call is made again; undefined: it is not. */
  #waitFor(answer: Response | CliError, attempt: number, call: Call): number | undefined {
    const { world } = this.#options;
    if (!call.isRepeatable) return undefined;
    if (!(answer instanceof Response)) return waitBeforeRetry(attempt, undefined, world.random);
    if (!isBusy(answer.status, answer.headers.get('content-type'))) return undefined;
    const asked = retryAfterMs(answer.headers.get('retry-after'), world.now());
    return waitBeforeRetry(attempt, asked, world.random);
  }

  /** The answer, or the error of a connection that broke; throws what another attempt does not change. */
  async #attempt(call: Call): Promise<Response | CliError> {
    const { address } = this.#options;
    const request = await this.#requestOf(call);
    try {
      return await this.#options.world.fetch(this.urlOf(call.path, call.query), request);
    } catch (error) {
      if (error instanceof CliError) throw error;
      const failure = unreachable(this.origin, causeOf(error), address.source === 'default');
      if (!hasBroken(error)) throw failure;
      return failure;
    }
  }

  async #requestOf(call: Call): Promise<RequestInit> {
    const token = await this.#options.signIn.token();
    return {
      method: call.method,
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
      headers: {
        accept: 'application/json',
        'user-agent': this.#options.userAgent,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    };
  }

  async #errorOf(answer: Response | CliError): Promise<CliError> {
    if (answer instanceof CliError) return answer;
    const remedy = await this.#options.signIn.remedy();
    if (answer.status >= 300 && answer.status < 400) {
      return new CliError(exitCodes.notAllowed, `${this.origin} sends to a sign-in page.`, {
        cause: `It answered ${answer.status}: nobody is signed in, or this is not the address of the API.`,
        remedy,
      });
    }
    const isJson = /[/+]json\b/.test(answer.headers.get('content-type') ?? '');
    const body: unknown = isJson ? await answer.json().catch(() => undefined) : undefined;
    if (answer.status === 404 && body === undefined) {
      return notOurs(this.origin, 'It does not know the routes of the API (404).');
    }
    return problemError(answer.status, body, remedy);
  }
}

/**
 * The connection was there and broke. Where there was none, or no answer in time, another attempt
 * changes little.
 */
const hasBroken = (error: unknown): boolean => {
  const { code = '' } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(code);
};
