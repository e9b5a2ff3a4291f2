import type { Problem } from '../../src/model/api/problems.ts';
import type { SignedInFetch, TestPlatform } from '../support/test-platform.ts';

export interface ApiAnswer<T = never> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

type Headed = Readonly<Record<string, string>>;

/** The API as one person asks it. */
export class TestClient {
  readonly #ask: SignedInFetch;

  constructor(test: TestPlatform, person: string) {
    this.#ask = test.as(person);
  }

  get = <T = never>(path: string, headers: Headed = {}): Promise<ApiAnswer<T>> =>
    this.send('GET', path, undefined, headers);

  post = <T = never>(path: string, body: unknown, headers: Headed = {}): Promise<ApiAnswer<T>> =>
    this.send('POST', path, body, headers);

  async send<T = never>(
    method: string,
    path: string,
    body?: unknown,
    headers: Headed = {},
  ): Promise<ApiAnswer<T>> {
    const response = await this.#ask(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json$|json;/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as T,
    };
  }
}

export type Refused = ApiAnswer<Problem>;
