import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorCatalogue } from '../../src/model/error-catalogue.ts';
import { limits } from '../../src/model/limits.ts';
import { type ParsedMessage, parseMessage } from '../../src/model/parse-message.ts';
import { anyMessage, messagesOf, operations } from './message-generator.ts';
import { sampleBody } from './samples.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (value: unknown): ParsedMessage => parseMessage(encode(JSON.stringify(value)));

const event = (data: unknown) => ({
  specversion: '1.0',
  id: 'evt-1',
  source: '/servicenow',
  type: 'com.example.request',
  data,
});

describe('a generated valid message', () => {
  test.each(operations)('of the operation %s says, parsed, what it says', (operation) => {
    fc.assert(
      fc.property(messagesOf(operation), fc.boolean(), ({ body, says }, isEvent) => {
        const parsed = parse(isEvent ? event(body) : body);
        expect(parsed).toMatchObject({ ok: true });
        expect(parsed.ok && parsed.message).toEqual(says);
      }),
      { numRuns: 500 },
    );
  });

  test('is taken again, unchanged', () => {
    fc.assert(
      fc.property(anyMessage, ({ body }) => {
        const first = parse(body);
        const message = first.ok && first.message;
        expect(parse(message)).toEqual({ ok: true, message });
      }),
      { numRuns: 1_000 },
    );
  });

  test('with one member more, in any object that is not free, is refused at that place', () => {
    fc.assert(
      fc.property(anyMessage, ({ body }) => {
        const places = ['', ...Object.keys(body)].filter(
          (name) => name === '' || (isObject(body[name]) && name !== 'tags'),
        );
        for (const name of places) {
          const more =
            name === ''
              ? { ...body, surprise: 1 }
              : { ...body, [name]: { ...(body[name] as object), surprise: 1 } };
          const parsed = parse(more);
          expect(parsed.ok).toBe(false);
          expect(!parsed.ok && parsed.error.message).toContain(
            `${name === '' ? 'it' : `/${name}`} has members that are not known here: surprise`,
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// Fuzzing. Every refusal must be one that a person can act on.

const rejectCodes = ['SchemaInvalid', 'UnknownOperation', 'UnsupportedVersion', 'TooLarge'];

function expectUsable(parsed: ParsedMessage): void {
  if (parsed.ok) {
    return;
  }
  const { code, message, remedy, details } = parsed.error;
  expect(rejectCodes).toContain(code);
  expect(remedy).toBe(errorCatalogue[code].remedy);
  expect(message.length).toBeLessThan(3_000);
  expect(message).toMatch(/^The message (is refused: (it|\/.*?)[ /]|has \d+ bytes)/);
  expect(message).not.toMatch(/\p{Cc}/u);
  expect(message.isWellFormed()).toBe(true);
  expect(message).not.toContain(long.slice(0, limits.echoCharacters + 1));
  if (code === 'SchemaInvalid') {
    expect(details).toHaveProperty('pointers');
    expect(details?.['pointers']).toMatch(/^([ /]|$)/);
  }
}

/** Longer than what an error may repeat; the mutations plant it as value and as name. */
const long = 'Q'.repeat(500);

/** Changes one place of a value: another value, a member more or less. */
function mutate(value: unknown, path: readonly number[], replacement: unknown): unknown {
  if (typeof value !== 'object' || value === null || path.length === 0) {
    return replacement;
  }
  const [step = 0, ...rest] = path;
  const keys = Object.keys(value);
  const key = keys[step % (keys.length + 1)] ?? 'another';
  const copy: Record<string, unknown> = { ...value };
  copy[key] = mutate(copy[key], rest, replacement);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

describe('any message', () => {
  const run = (arbitrary: fc.Arbitrary<Uint8Array>, numRuns: number): void => {
    fc.assert(
      fc.property(arbitrary, (body) => expectUsable(parseMessage(body))),
      { numRuns },
    );
  };

  test('random bytes and texts are refused in a usable way', () => {
    run(fc.uint8Array({ maxLength: 300 }), 3_000);
    run(fc.string({ unit: 'binary', maxLength: 300 }).map(encode), 2_000);
  });

  test('random JSON is refused in a usable way', () => {
    run(fc.json({ depthSize: 'large' }).map(encode), 4_000);
    run(
      fc.jsonValue().map((data) => encode(JSON.stringify(event(data)))),
      2_000,
    );
    const oddName = fc.constantFrom('__proto__', 'Timestamp', 'toString', 'a\u0000', '/~', 'id');
    const odd = fc.dictionary(fc.oneof(oddName, fc.string({ unit: 'binary' })), fc.jsonValue());
    run(
      odd.map((body) => encode(JSON.stringify(body))),
      2_000,
    );
  });

  test.each(operations)(
    '%s with one to three places changed is taken or refused in a usable way',
    (operation) => {
      const change = fc.tuple(
        fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }),
        fc.oneof(
          fc.jsonValue(),
          fc.string({ unit: 'binary' }),
          fc.constantFrom<unknown>(
            -1,
            0,
            Number.MAX_VALUE,
            1.5,
            2 ** 60,
            null,
            undefined,
            '',
            '0',
            '9'.repeat(39),
            long,
            { [long]: long },
            [long],
            { [`a/~${long}`]: { [long]: 1 } },
          ),
        ),
      );
      const start = fc
        .tuple(messagesOf(operation), fc.boolean())
        .map(([{ body }, isEvent]): unknown => (isEvent ? event(body) : body));
      const mutated = fc
        .tuple(start, fc.array(change, { minLength: 1, maxLength: 3 }))
        .map(([body, changes]) =>
          changes.reduce((value, [path, to]) => mutate(value, path, to), body),
        );
      run(
        mutated.map((body) => encode(JSON.stringify(body) ?? '')),
        1_500,
      );
    },
  );

  test('text cut or changed at any place is taken or refused in a usable way', () => {
    const text = JSON.stringify(event(sampleBody()));
    const edited = fc
      .tuple(fc.nat(text.length), fc.nat(5), fc.string({ unit: 'binary', maxLength: 5 }))
      .map(([at, removed, added]) => text.slice(0, at) + added + text.slice(at + removed));
    run(edited.map(encode), 4_000);
  });
});
