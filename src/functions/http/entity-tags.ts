import { createHash } from 'node:crypto';
import { vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';

/**
 * The entity tag of an answer: of its content, so that it changes whenever the answer does. That of a
 * request begins with the revision, which is all that `If-Match` looks at: a line in the timeline is
 * no reason to refuse a decision.
 */
export function entityTagOf(body: string | Uint8Array, revision?: number): string {
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return revision === undefined ? `"${digest}"` : `"${revision}.${digest}"`;
}

/** Whether `If-None-Match` names the tag; compared weakly, as RFC 9110 wants it. */
export function isKnown(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}

/** The revisions that `If-Match` names: those in entity tags of a request; undefined when any will do. */
export function revisionsOf(ifMatch: string | null): Outcome<readonly number[] | undefined> {
  if (ifMatch === null || ifMatch.trim() === '*') return success(undefined);
  const tags = ifMatch
    .split(',')
    .map((tag) => /^(?:W\/)?"(\d{1,15})(?:\.[\w-]+)?"$/.exec(tag.trim())?.[1]);
  const revisions = tags.flatMap((tag) => (tag === undefined ? [] : [Number(tag)]));
  return revisions.length === tags.length
    ? success(revisions)
    : failure(
        vendingError('ParameterInvalid', 'The header If-Match holds no entity tag of a request.', {
          remedy: 'Send what GET answered in the header etag, such as "7" with its quotes.',
        }),
      );
}
