import type { HttpResponseInit } from '@azure/functions';
import type { Answer } from './answer.ts';
import { entityTagOf, isKnown } from './entity-tags.ts';

/** Adds the headers that every answer has, and answers 304 to who has it already. */
export function finishAnswer(
  answer: Answer,
  {
    headers,
    ifNoneMatch,
    withoutBody = false,
  }: {
    readonly headers: Readonly<Record<string, string>>;
    readonly ifNoneMatch: string | null;
    readonly withoutBody?: boolean;
  },
): HttpResponseInit {
  const all = { ...headers, ...answer.headers };
  if (answer.status !== 200 || answer.body === undefined) {
    return { status: answer.status, headers: all, body: withoutBody ? undefined : answer.body };
  }
  const etag = entityTagOf(answer.body, answer.revision);
  if (isKnown(ifNoneMatch, etag)) {
    const { 'content-type': _type, ...kept } = all;
    return { status: 304, headers: { ...kept, etag } };
  }
  return { status: 200, headers: { ...all, etag }, body: withoutBody ? undefined : answer.body };
}
