import { contractFaults, operationOf } from '../support/api-contract.ts';
import type { SignedInFetch, TestPlatform } from '../support/test-platform.ts';

export interface ApiAnswer<T = never> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

type Headed = Readonly<Record<string, string>>;

/** Every answer of the API in this file of tests: headers and body as text. */
export const allAnswers: string[] = [];
/** Operations of the OpenAPI document that have answered as they should when all goes well. */
export const succeeded = new Set<string>();

/** The API as one person asks it; throws at an answer that the OpenAPI document does not allow. */
export class TestClient {
  readonly #ask: SignedInFetch;

  constructor(test: TestPlatform, person: string) {
    this.#ask = test.as(person);
  }

  get = <T = never>(path: string, headers: Headed = {}): Promise<ApiAnswer<T>> =>
    this.send('GET', path, undefined, headers);

  post = <T = never>(path: string, body: unknown, headers: Headed = {}): Promise<ApiAnswer<T>> =>
    this.send('POST', path, body, headers);

  /** `body`: text is sent as it is. */
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
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const contentType = response.headers.get('content-type') ?? '';
    const parsed: unknown = /json\b/.test(contentType) ? parse(text) : text;
    allAnswers.push(`${JSON.stringify([...response.headers])}\n${text}`);
    const { pathname } = new URL(path, 'http://api.invalid');
    const { status } = response;
    const faults = contractFaults({
      method,
      pathname,
      sent: body,
      status,
      contentType,
      body: parsed,
    });
    if (faults !== undefined && faults.length > 0) {
      throw new Error(`${method} ${path} breaks its contract:\n${faults.join('\n')}`);
    }
    const operation = operationOf(method, pathname)?.operation.operationId;
    if (operation !== undefined && response.ok) succeeded.add(operation);
    return { status, headers: response.headers, body: parsed as T };
  }
}

/** JSON lines are no JSON. */
function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
