import { describe, expect, test } from 'vitest';
import { limits } from '../../src/model/limits.ts';
import { type ParsedMessage, parseMessage } from '../../src/model/parse-message.ts';
import {
  ids,
  sampleAssociateRequest,
  sampleBody,
  sampleRemoveRequest,
  sampleRequest,
} from './samples.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (value: unknown): ParsedMessage => parseMessage(encode(JSON.stringify(value)));
const parseText = (text: string): ParsedMessage => parseMessage(encode(text));

function refusalOf(parsed: ParsedMessage) {
  if (parsed.ok) {
    throw new Error('the message was taken');
  }
  return parsed;
}

const decision = {
  operation: 'decide',
  request: 'RITM0012345',
  decision: 'approve',
  by: { name: 'Ada', objectId: ids.approver, tenantId: ids.managementTenant },
};

const resumption = {
  id: 'CHG1',
  operation: 'resume',
  request: 'RITM0012345',
  by: { name: 'Olu', objectId: ids.approver, tenantId: ids.managementTenant },
  reason: 'the lock is gone',
};

const event = (data: unknown, change: object = {}) => ({
  specversion: '1.0',
  id: 'evt-1',
  source: '/servicenow',
  type: 'com.example.request',
  data,
  ...change,
});

describe('a message that is taken', () => {
  test('a bare request', () => {
    expect(parse(sampleBody())).toEqual({ ok: true, message: sampleRequest() });
  });

  test('a CloudEvents event, with its envelope', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const attributes = { time: '2026-01-31T12:00:00Z', subject: 'RITM0012345', traceparent };
    const parsed = parse(
      event(sampleBody(), {
        ...attributes,
        datacontenttype: 'application/json; charset=utf-8',
        anextension: true,
      }),
    );
    expect(parsed).toEqual({
      ok: true,
      message: sampleRequest(),
      envelope: {
        id: 'evt-1',
        source: '/servicenow',
        type: 'com.example.request',
        ...attributes,
      },
    });
  });

  test('a decision, bare or in an event', () => {
    expect(parse(decision)).toEqual({ ok: true, message: decision });
    expect(parse(event(decision))).toMatchObject({ ok: true, message: decision });
  });

  test.each([sampleAssociateRequest(), sampleRemoveRequest(), resumption])(
    'the operation $operation, bare or in an event',
    (message) => {
      expect(parse(message)).toEqual({ ok: true, message });
      expect(parse(event(message))).toMatchObject({ ok: true, message });
    },
  );

  test('a byte order mark, line breaks in the reason, a stated version and sizes as texts', () => {
    const body = sampleBody({
      reason: 'first\r\n\tsecond',
      version: 1,
      allocations: [{ pool: 'corp6-centralus', numberOfIpAddresses: '340282366920938463463' }],
      subnets: [],
    });
    const parsed = parseText(`\uFEFF${JSON.stringify(body)}`);
    expect(parsed).toMatchObject({
      ok: true,
      message: {
        reason: 'first\r\n\tsecond',
        allocations: [{ numberOfIpAddresses: '340282366920938463463' }],
      },
    });
    expect(parsed.ok && 'version' in parsed.message).toBe(false);
  });

  test('a traceparent that is none is left out, and does not refuse the request', () => {
    const parsed = parse(event(sampleBody(), { traceparent: 'nonsense' }));
    expect(parsed.ok && parsed.envelope).toEqual({
      id: 'evt-1',
      source: '/servicenow',
      type: 'com.example.request',
    });
  });

  test('a message of exactly the limit', () => {
    const text = JSON.stringify(sampleBody());
    const padded = text + ' '.repeat(limits.messageBytes - text.length);
    expect(parseText(padded).ok).toBe(true);
    expect(refusalOf(parseText(`${padded} `)).error.code).toBe('TooLarge');
  });
});

describe('a message that is refused', () => {
  test.each<[string, string, RegExp]>([
    ['nothing', '', /it is empty/],
    ['white space', ' \n', /it is empty/],
    ['half a message', '{"id":', /it is not valid JSON: it ends too early/],
    ['a wrong character', '{"id":}', /it is not valid JSON/],
    ['a wrong place', '{"id" 5}', /wrong from character 7 on/],
    ['half a text', '{"id":"x', /ends too early/],
    ['a number', '5', /it must be a JSON object/],
    ['a list', '[]', /it must be a JSON object/],
    ['null', 'null', /it must be a JSON object/],
    [
      'an empty object',
      '{}',
      /\/operation is missing \(offered: allocate, associate, remove, decide, resume\)/,
    ],
    ['a member given twice', '{"id":"A","operation":"x","id":"B"}', /\/id is given more than once/],
    ['one given twice under an escape', '{"a":{"x":1,"\\u0078":2}}', /\/a\/x is given more than/],
    ['one given twice in a list', '{"a":[0,{"x/~":1,"x/~":2}]}', /\/a\/1\/x~1~0 is given more/],
    ['deep nesting', `${'{"a":'.repeat(17)}1${'}'.repeat(17)}`, /more than 16 levels/],
    ['very deep nesting', '['.repeat(30_000) + ']'.repeat(30_000), /more than 16 levels/],
    ['__proto__', '{"__proto__":{"isAdmin":true}}', /\/__proto__ has a name that is not allowed/],
    ['constructor', '{"constructor":{"prototype":{}}}', /\/constructor has a name that is not/],
    ['Timestamp', '{"tags":{"Timestamp":"2026"}}', /\/tags\/Timestamp has a name that is not/],
    ['a NUL', '{"id":"A\\u0000"}', /\/id holds a control character/],
    ['a control character in a name', '{"a\\u0007b":1}', /\/a\?b has a name that holds a control/],
    ['a line break outside the reason', '{"id":"A\\nB"}', /\/id holds a control character/],
    ['a lone surrogate', '{"id":"\\ud800"}', /\/id holds half a character/],
    ['text turned around', '{"id":"\\u202eabc"}', /\/id holds a character that turns/],
  ])('%s: SchemaInvalid with the place', (_, text, words) => {
    const { error } = refusalOf(parseText(text));
    expect(error.code).toBe('SchemaInvalid');
    expect(error.message).toMatch(words);
  });

  test('what JSON nests as deep as the limit is no fault of depth', () => {
    const text = `${'{"a":'.repeat(16)}1${'}'.repeat(16)}`;
    expect(refusalOf(parseText(text)).error.message).not.toMatch(/nested/);
  });

  test('one fault is told in one sentence, and no more is counted', () => {
    expect(refusalOf(parseText('')).error.message).toBe('The message is refused: it is empty.');
  });

  test('bytes that are no UTF-8', () => {
    const { error } = refusalOf(parseMessage(new Uint8Array([0x7b, 0xff, 0x7d])));
    expect(error.message).toMatch(/it is not UTF-8/);
  });

  test.each(['expand', 'reserve', 'Allocate', 'Remove', 'delete', 'toString', '__proto__', ''])(
    'the operation %j is not offered yet or never, and the offer is named',
    (operation) => {
      const refusal = refusalOf(parse(sampleBody({ operation })));
      expect(refusal.error.code).toBe('UnknownOperation');
      expect(refusal.error.message).toMatch(
        /\/operation .*offered: allocate, associate, remove, decide, resume/,
      );
      expect(refusal.claimedId).toBe('RITM0012345');
    },
  );

  test.each([
    [event(sampleBody(), { specversion: '0.3' }), /\/specversion is "0\.3"/],
    [event(sampleBody(), { specversion: 1 }), /\/specversion is 1,/],
    [sampleBody({ version: 2 }), /: \/version is 2/],
    [event(sampleBody({ version: '1.1' })), /\/data\/version is "1\.1"/],
  ])('an unknown version', (body, words) => {
    const refusal = refusalOf(parse(body));
    expect(refusal.error.code).toBe('UnsupportedVersion');
    expect(refusal.error.message).toMatch(words);
    expect(refusal.claimedId).toBe('RITM0012345');
  });

  test('an envelope that lacks attributes, or whose data is no object', () => {
    expect(refusalOf(parse({ data: sampleBody() })).error.message).toMatch(
      /\/specversion is missing/,
    );
    const bad = { id: '', source: undefined, datacontenttype: 'text/xml', time: 'noon', data: 'x' };
    const { message } = refusalOf(parse(event(undefined, bad))).error;
    for (const words of [
      '/id must not be empty',
      '/source is missing',
      '/datacontenttype must be application/json',
      '/time must be a time such as',
      '/data must be the request, a JSON object',
    ]) {
      expect(message).toContain(words);
    }
  });

  test('every fault is told at once, with its place in the event', () => {
    const body = sampleBody({
      requester: null,
      foo: 1,
      allocations: [{ pool: 3, numberOfIpAddresses: -1 }],
      target: { ...(sampleBody()['target'] as object), location: undefined, resourceGroup: 'a.' },
      ticket: { system: 'x', id: 'y', url: 'javascript:alert(1)' },
    });
    const refusal = refusalOf(parse(event(body)));
    for (const words of [
      '/data/requester must be a JSON object',
      '/data has members that are not known here: foo',
      '/data/allocations/0/pool must be a text',
      '/data/allocations/0/numberOfIpAddresses must be',
      '/data/target/location is missing',
      '/data/target/resourceGroup must be a resource group name',
      '/data/ticket/url must be an http or https address',
    ]) {
      expect(refusal.error.message).toContain(words);
    }
    expect(refusal).toMatchObject({ claimedId: 'RITM0012345', envelope: { id: 'evt-1' } });
    expect(refusal.error.details?.['pointers']?.split(' ')).toContain('/data/target/location');
  });

  test('a request whose parts contradict each other', () => {
    const { message } = refusalOf(
      parse(
        sampleBody({
          allocations: [
            { pool: 'a', prefixLength: 24, numberOfIpAddresses: 256 },
            { pool: 'a', prefixLength: 24 },
          ],
        }),
      ),
    ).error;
    expect(message).toMatch(/\/allocations\/0 needs exactly one of numberOfIpAddresses and prefix/);
    expect(message).toMatch(/\/allocations names the same pool twice/);
  });

  test('a rejection without a reason', () => {
    const refusal = refusalOf(parse({ ...decision, decision: 'reject' }));
    expect(refusal.error.message).toMatch(/\/reason is needed to reject/);
    expect(refusal.claimedId).toBe('RITM0012345');
  });

  test('a resumption claims the request that it is about, not its own id', () => {
    const refusal = refusalOf(parse({ ...resumption, reason: undefined }));
    expect(refusal.error.message).toMatch(/\/reason is missing/);
    expect(refusal.claimedId).toBe('RITM0012345');
  });

  test('the faults of the other operations are told with their place', () => {
    const words = (body: object) => refusalOf(parse(body)).error.message;
    expect(words({ ...sampleAssociateRequest(), pools: ['p', 'p'] })).toMatch(
      /\/pools names the same pool twice/,
    );
    expect(words({ ...sampleRemoveRequest(), mode: 'purge' })).toMatch(
      /\/mode must be one of delete, disassociate/,
    );
    const both = { mode: 'disassociate', detachPeerings: true, override: true };
    expect(words({ ...sampleRemoveRequest(), ...both })).toMatch(
      /\/detachPeerings belongs to the mode delete.*\/override belongs to the mode delete/,
    );
  });

  test('an id that could be none is not claimed', () => {
    expect(refusalOf(parse(sampleBody({ id: '12345' }))).claimedId).toBeUndefined();
    expect(refusalOf(parse({ ...decision, request: {} })).claimedId).toBeUndefined();
    expect(refusalOf(parse({ ...resumption, request: 7 })).claimedId).toBeUndefined();
  });

  test('a long name of a pool is not repeated whole', () => {
    const pool = 'Q'.repeat(80);
    const { message } = refusalOf(
      parse(sampleBody({ subnets: [{ name: 'app', pool, prefixLength: 26 }] })),
    ).error;
    expect(message).toContain(`names the pool '${pool.slice(0, limits.echoCharacters)}…'`);
  });

  test('a huge message is not repeated, and many faults are counted', () => {
    const names = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`${index}<${'n'.repeat(500)}`, 'v']),
    );
    const { message } = refusalOf(parse(sampleBody({ tags: names }))).error;
    expect(message.length).toBeLessThan(2_000);
    expect(message).toMatch(/and \d+ more faults\.$/);
  });
});
