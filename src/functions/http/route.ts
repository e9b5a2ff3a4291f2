import type { HttpMethod } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import type { z } from 'zod';
import type { ApiApp } from '../app.ts';
import type { Right } from './access.ts';
import type { Answer } from './answer.ts';
import type { Caller } from './principal.ts';
import type { Service } from './service.ts';

/** One call of the API: who calls, and what was checked of it. */
export interface Call<Q, B> {
  readonly app: ApiApp;
  readonly caller: Caller;
  /** Parts of the path by name, as they were sent. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
  readonly headers: { get(name: string): string | null };
  readonly client: DurableClient;
}

/** What a route answers when all goes well, for the OpenAPI document. */
export interface AnswerDescription {
  readonly description: string;
  /** Of a JSON answer. */
  readonly schema?: z.ZodType;
  /** Media types of an answer that is not JSON. */
  readonly mediaTypes?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One route of the API. Everything that must never be forgotten is a member: a route without an access
 * rule does not compile. `serve` does the rest, so that `handle` begins with a caller who may call it.
 */
export interface Route<Q = unknown, B = unknown> {
  /** Name of the function. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Without a leading slash. */
  readonly path: `api/${string}`;
  readonly summary: string;
  readonly description?: string;
  /** What the caller needs; `signed-in`: nothing but to be known. */
  readonly access: Right | 'signed-in';
  readonly query?: z.ZodType<Q>;
  readonly body?: z.ZodType<B>;
  /** What the document says of the body, where more is checked than `body`. */
  readonly documentedBody?: z.ZodType;
  /** Headers that the route heeds beside those of every route, with what they are for. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What a call takes of the caller's rate limit; one unless it does much. */
  readonly cost?: number;
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** Status codes of problems beside those that every route may answer. */
  readonly problems?: readonly number[];
  handle(call: Call<Q, B>): Promise<Answer>;
}

/** Lets the types of query and body be those of the schemas. */
export const defineRoute = <Q, B>(route: Route<Q, B>): Route => route;

/** An address that anybody may call: it shows nothing of anybody. */
export interface OpenRoute {
  readonly name: string;
  readonly methods: readonly HttpMethod[];
  readonly path: string;
  readonly access: 'open';
  handle(request: OpenRequest): Promise<Answer>;
}

export interface OpenRequest {
  readonly service: Service;
  readonly method: string;
  /** Still with its percent-encoding. */
  readonly pathname: string;
  readonly headers: { get(name: string): string | null };
}
