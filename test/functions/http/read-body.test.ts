import { ReadableStream } from 'node:stream/web';
import { expect, it } from 'vitest';
import { anyObject, readBody } from '../../../src/functions/http/read-body.ts';

/** A body of so many pieces of 10,000 bytes, and how many of them were read. */
function bodyOf(pieces: number, headers: Record<string, string> = {}) {
  const counts = { read: 0 };
  const body = new ReadableStream(
    {
      pull(controller) {
        counts.read += 1;
        controller.enqueue(Buffer.alloc(10_000, 'x'));
        if (counts.read === pieces) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { counts, request: { headers: new Headers(headers), body } };
}

it('a body without an end is read no further than the limit', async () => {
  const { counts, request } = bodyOf(1_000_000);
  const answer = await readBody(request, anyObject);
  expect(answer.ok || answer.error.code).toBe('TooLarge');
  expect(counts.read).toBe(7);
});

it('a body that says that it is too large is not read at all', async () => {
  const { counts, request } = bodyOf(7, { 'content-length': '70000' });
  const answer = await readBody(request, anyObject);
  expect(answer.ok || answer.error.code).toBe('TooLarge');
  expect(counts.read).toBe(0);
});

it('no body is an empty one', async () => {
  const answer = await readBody({ headers: new Headers(), body: null }, anyObject);
  expect(answer.ok || answer.error.message).toBe('The message is refused: it is empty.');
});
