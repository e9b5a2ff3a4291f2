import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readPageFiles } from '../../../src/functions/http/page-files.ts';
import { ApiBench } from './api-bench.ts';

const document = '<!doctype html><script src="/assets/page-4F7XK2QD.js"></script>';

/** A page as the build makes it, with a secret beside it. */
function pageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-page-'));
  mkdirSync(join(folder, 'web/assets'), { recursive: true });
  writeFileSync(join(folder, 'main.cjs'), 'secret');
  writeFileSync(join(folder, 'web/index.html'), document);
  writeFileSync(join(folder, 'web/assets/page-4F7XK2QD.js'), 'go()');
  writeFileSync(join(folder, 'web/assets/plain.js'), 'go()');
  writeFileSync(join(folder, 'web/assets/notes.secret'), 'secret');
  return join(folder, 'web');
}

function start() {
  const folder = pageFolder();
  return new ApiBench({ pageFiles: () => readPageFiles(folder) });
}

const html = { accept: 'text/html,application/xhtml+xml' };

it('anybody gets the page, and browsers ask for its document anew each time', async () => {
  const answer = await start().get('/');
  expect([answer.status, answer.text]).toEqual([200, document]);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-cache');
  expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
});

it('what has a hash in its name is kept for ever, what has none is not', async () => {
  const bench = start();
  const kept = await bench.get('/assets/page-4F7XK2QD.js');
  expect(kept.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(kept.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect((await bench.get('/assets/plain.js')).headers.get('cache-control')).toBe('no-cache');
});

it('who has a file already is not sent it again', async () => {
  const bench = start();
  const etag = (await bench.get('/')).headers.get('etag') ?? '';
  expect((await bench.get('/', { headers: { 'if-none-match': etag } })).status).toBe(304);
});

it('a file is sent compressed to who can read it', async () => {
  const bench = start();
  const packed = await bench.get('/', { headers: { 'accept-encoding': 'br, gzip' } });
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect(gunzipSync(packed.bytes).toString()).toBe(document);
  for (const refused of ['gzip;q=0', 'br']) {
    const plain = await bench.get('/', { headers: { 'accept-encoding': refused } });
    expect(plain.headers.get('content-encoding')).toBeNull();
  }
});

it.each(['/requests/RITM0012345', '/pools/corp-centralus?at=10.0.0.0', '/a/b/c'])(
  'the address %s is shown by the page itself',
  async (path) => {
    expect((await start().get(path, { headers: html })).text).toBe(document);
  },
);

describe('there is nothing at', () => {
  it.each([
    '/assets/gone-4F7XK2QD.js',
    '/assets/notes.secret',
    '/.auth/me',
    '/../main.cjs',
    '/%2e%2e/main.cjs',
    '/..%2fmain.cjs',
    '/assets/..%2f..%2fmain.cjs',
    '/assets/..%5c..%5cmain.cjs',
    '//etc/passwd',
    '/main.cjs',
  ])('%s', async (path) => {
    const answer = await start().get(path);
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain('secret');
  });

  it('what is missing among the assets, for a browser that navigates there', async () => {
    const answer = await start().get('/assets/gone-4F7XK2QD.js', { headers: html });
    expect(answer.status).toBe(404);
  });
});

it('HEAD tells the same without the file', async () => {
  const answer = await start().send('HEAD', '/');
  expect([answer.status, answer.text]).toEqual([200, '']);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
});

it('a page that is not there fails without a word of where it should be', async () => {
  const bench = new ApiBench({ pageFiles: () => readPageFiles('/nowhere/at/all') });
  const answer = await bench.get('/');
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain('nowhere');
});

describe('what is no route of the API', () => {
  it('is told as a problem, even to a browser', async () => {
    const answer = await start().get('/api/nothing', { headers: html });
    expect([answer.status, answer.json]).toMatchObject([404, { code: 'UnknownRoute' }]);
  });

  it('is told which methods there are', async () => {
    const answer = await start().send('DELETE', '/api/requests/RITM0012345');
    expect([answer.status, answer.json]).toMatchObject([405, { code: 'MethodNotAllowed' }]);
    expect(answer.headers.get('allow')).toBe('GET');
    expect((await start().send('PUT', '/api/requests')).headers.get('allow')).toBe('POST, GET');
  });

  it('answers no preflight of another origin', async () => {
    const answer = await start().send('OPTIONS', '/api/requests', {
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
