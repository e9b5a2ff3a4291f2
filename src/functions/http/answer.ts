/** What a route answers; headers that every answer has are added later. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Of the request that the answer shows; part of its entity tag. */
  readonly revision?: number;
}

/** Undefined members are left out. */
export const jsonAnswer = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});

export const ok = (body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  jsonAnswer(200, body, headers);
