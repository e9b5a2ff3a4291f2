import { expect, it } from 'vitest';
import { correlationIdOf } from '../../../src/functions/telemetry/correlation-id.ts';
import { logEvent } from '../../../src/functions/telemetry/log-event.ts';
import { safeError } from '../../../src/functions/telemetry/safe-words.ts';
import { inScope } from '../../../src/functions/telemetry/scope.ts';

function listen() {
  const lines: Record<string, unknown>[] = [];
  const keep = (level: string) => (line: string) => void lines.push({ level, ...JSON.parse(line) });
  return { lines, log: keep('information'), warn: keep('warning'), error: keep('error') };
}

it('a line has what its scope is about, however deep it is written', async () => {
  const target = listen();
  const deep = async () => {
    await Promise.resolve();
    logEvent('audit.head', { sequence: 1, hash: 'abc' });
  };
  await inScope({ target, facts: { requestId: 'RITM1', step: 'deploy' } }, deep);
  expect(target.lines).toEqual([
    {
      level: 'information',
      event: 'audit.head',
      requestId: 'RITM1',
      step: 'deploy',
      sequence: 1,
      hash: 'abc',
    },
  ]);
});

it('words of others lose tokens, secrets, signed addresses and mail addresses', () => {
  const target = listen();
  const message =
    'ada@fabrikam.example sent Bearer abcdefghijklmnopqrstuvwxyz to https://a.example/op?sig=xyz, client_secret=hunter2';
  logEvent('http.failed', { invocationId: '1', message }, target);
  expect(target.lines[0]?.['message']).toBe(
    '[mail address] sent Bearer [token] to https://a.example/op? client_secret=[secret]',
  );
});

it.each([
  'jörg@firma.de',
  'a@müller.de',
  "o'hara+x@a.example",
  'alice_contoso.com#EXT#@fabrikam.onmicrosoft.com',
])('the mail address %s goes as a whole', (address) => {
  const target = listen();
  logEvent('http.failed', { invocationId: '1', message: `by ${address}.` }, target);
  expect(target.lines[0]?.['message']).toBe('by [mail address].');
});

it('an error that nobody foresaw reaches the host, and so a history in plain text, without secrets', () => {
  const error = new TypeError('https://hooks.example/x?sig=SECRET failed for jo@contoso.example');
  const safe = safeError(error);
  expect([safe.name, safe.message]).toEqual([
    'TypeError',
    'https://hooks.example/x? failed for [mail address]',
  ]);
  expect(safe.stack).toContain('log-event.test.ts');
  expect(safe.stack).not.toMatch(/SECRET|jo@/);
  expect(safeError('client_secret=hunter2').message).toBe('client_secret=[secret]');
});

it('a log that cannot be written fails nothing', () => {
  const broken = {
    ...listen(),
    error() {
      throw new Error('the disk is full');
    },
  };
  expect(() => logEvent('http.failed', { invocationId: '1', message: 'x' }, broken)).not.toThrow();
});

it('the correlation id is a UUID, the same for each attempt of a step, another for each step', () => {
  const id = correlationIdOf('RITM1', 'deploy');
  expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(correlationIdOf('RITM1', 'deploy')).toBe(id);
  expect(correlationIdOf('RITM1', 'plan')).not.toBe(id);
  expect(correlationIdOf('RITM2', 'deploy')).not.toBe(id);
});
