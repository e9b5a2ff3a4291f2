import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  isPublicAddress,
  isPublicOrLoopbackAddress,
} from '../../../src/activities/callbacks/allowed-address.ts';
import {
  postWebhook,
  type WebhookNetwork,
} from '../../../src/activities/callbacks/post-webhook.ts';
import { serverCertificate } from '../../../src/local/azure/tls/certificates.ts';
import { trust } from '../../support/trust.ts';
import { type Script, WebhookReceiver } from '../../support/webhook-receiver.ts';

const local: WebhookNetwork = {
  isAllowed: isPublicOrLoopbackAddress,
  allowHttp: true,
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
};

/** The network as in Azure, but for plain http: nothing may be reached with it here. */
const production: WebhookNetwork = { ...local, isAllowed: isPublicAddress };

async function startReceiver(script?: Script, place?: Parameters<typeof WebhookReceiver.start>[1]) {
  const receiver = await WebhookReceiver.start(script, place);
  onTestFinished(() => receiver.close());
  return receiver;
}

const post = (url: string, network = local, change: object = {}) =>
  postWebhook(
    { url, headers: { 'webhook-id': 'msg_1' }, body: '{"é":1}', timeoutSeconds: 5, ...change },
    network,
  );

describe('a webhook', () => {
  it('is posted as it is, once, over a connection of its own', async () => {
    const receiver = await startReceiver(() => ({ status: 200, body: 'thank you' }));

    const answer = await post(receiver.url);

    expect(answer).toMatchObject({ kind: 'answered', status: 200, text: '' });
    expect(receiver.deliveries).toMatchObject([
      {
        method: 'POST',
        path: '/hook',
        body: '{"é":1}',
        headers: { 'webhook-id': 'msg_1', 'content-length': '8', connection: 'close' },
      },
    ]);
  });

  it('is sent to the address that the name stands for', async () => {
    const receiver = await startReceiver();
    const asked: string[] = [];
    const resolve = async (hostname: string) => {
      asked.push(hostname);
      return [{ address: '127.0.0.1', family: 4 }];
    };

    await post(`http://hooks.contoso.example:${receiver.port}/hook`, { ...local, resolve });

    expect(asked).toEqual(['hooks.contoso.example']);
    expect(receiver.deliveries[0]?.headers.host).toBe(`hooks.contoso.example:${receiver.port}`);
  });

  it.each([301, 302, 303, 307, 308])('that is answered %i is not sent on', async (status) => {
    const other = await startReceiver();
    const receiver = await startReceiver(() => ({ status, headers: { location: other.url } }));

    expect(await post(receiver.url)).toMatchObject({ kind: 'answered', status });
    expect(receiver.deliveries).toHaveLength(1);
    expect(other.deliveries).toEqual([]);
  });

  it('tells the beginning of what a failure says, and reads no more of it', async () => {
    const receiver = await startReceiver(() => ({ status: 500, body: 'x'.repeat(10_000_000) }));

    const answer = await post(receiver.url);

    expect(answer).toMatchObject({ kind: 'answered', status: 500, text: 'x'.repeat(400) });
  });

  it.each<['hang' | 'drop', RegExp]>([
    ['hang', /No answer within 0\.2 seconds/],
    ['drop', /ECONNRESET/],
  ])('fails when the receiver does this: %s', async (what, reason) => {
    const receiver = await startReceiver(() => what);
    const answer = await post(receiver.url, local, { timeoutSeconds: 0.2 });
    expect(answer).toMatchObject({ kind: 'failed', reason: expect.stringMatching(reason) });
  });

  it('fails when nobody listens, or the name is not known, without a word about the address', async () => {
    const receiver = await startReceiver();
    await receiver.close();
    const gone = await post(receiver.url);
    expect(gone).toEqual({ kind: 'failed', reason: 'The connection failed (ECONNREFUSED).' });

    const resolve = async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND secret.example'), { code: 'ENOTFOUND' });
    };
    const unknown = await post('http://secret.example/', { ...local, resolve });
    expect(unknown).toEqual({ kind: 'failed', reason: 'The connection failed (ENOTFOUND).' });
  });

  it('fails when the look-up takes too long', async () => {
    const resolve = () => new Promise<never>(() => undefined);
    const answer = await post(
      'http://slow.example/',
      { ...local, resolve },
      { timeoutSeconds: 0.1 },
    );
    expect(answer).toMatchObject({ kind: 'failed', reason: expect.stringContaining('No answer') });
  });

  it('goes over https only, but on the local platform', async () => {
    const receiver = await startReceiver();
    const answer = await post(receiver.url, { ...local, allowHttp: false });
    expect(answer).toMatchObject({ kind: 'refused' });
    expect(receiver.deliveries).toEqual([]);
  });

  it('is not sent to a receiver whose certificate nobody vouches for, whatever the environment says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'webhook-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { certificate, privateKey, caFile } = await serverCertificate(folder);
    const receiver = await startReceiver(undefined, {
      tls: { cert: certificate, key: privateKey },
    });
    const url = receiver.url.replace('127.0.0.1', 'localhost');

    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const refused = await post(url);
    vi.unstubAllEnvs();
    expect(refused).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/\(\w+\)/) });
    expect(receiver.deliveries).toEqual([]);

    trust(caFile);
    expect(await post(url.replace('localhost', 'other.example'))).toMatchObject({
      kind: 'failed',
      reason: 'The connection failed (ERR_TLS_CERT_ALTNAME_INVALID).',
    });
    expect(await post(url)).toMatchObject({ kind: 'answered', status: 204 });
  });
});

/** Ways to write this machine, or a network that is nobody else's business. */
const spellings = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '0177.0.0.1',
  '0x7f.0.0.1',
  '0x7f000001',
  '2130706433',
  '017700000001',
  '127.0.0.1.',
  '0',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '%31%32%37.0.0.1',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '[::ffff:a9fe:a9fe]',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '168.63.129.16',
  '100.100.100.200',
  '10.0.0.1',
  '192.168.0.1',
];

describe('outside of the local platform a webhook is not sent to', () => {
  it.each(spellings)('http://%s', async (host) => {
    const receiver = await startReceiver();
    const asked: string[] = [];
    const network: WebhookNetwork = {
      ...production,
      resolve: async (hostname) => {
        asked.push(hostname);
        return [{ address: '127.0.0.1', family: 4 }];
      },
    };

    const answer = await post(`http://${host}:${receiver.port}/hook`, network);

    expect(answer).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/public/) });
    expect(receiver.deliveries).toEqual([]);
    expect(asked).toEqual([]);
  });

  it.each([
    ['this machine', ['127.0.0.1']],
    ['this machine, in IPv6', ['::1']],
    ['this machine, mapped', ['::ffff:127.0.0.1']],
    ['the metadata service', ['169.254.169.254']],
    ['a private network', ['10.1.2.3']],
    ['a private network beside a public address', ['20.50.2.1', '10.1.2.3']],
    [
      'a private network beside public ones of both families',
      ['2606:4700::1111', '20.50.2.1', '::'],
    ],
  ])('a name that stands for %s', async (_what, addresses) => {
    const receiver = await startReceiver();
    const resolve = async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

    const answer = await post(`http://localhost:${receiver.port}/`, { ...production, resolve });

    expect(answer).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/public/) });
    expect(receiver.deliveries).toEqual([]);
  });
});

describe('a name that changes its mind after it was checked (DNS rebinding)', () => {
  /** 127.0.0.2 is the public internet here, and 127.0.0.1 what must not be reached. */
  const isAllowed = (address: string) => address === '127.0.0.2';

  it('is looked up once: the connection goes to the address that was checked', async () => {
    const publicOne = await startReceiver(undefined, { host: '127.0.0.2' });
    const trap = await startReceiver(undefined, { port: publicOne.port });
    const answers = ['127.0.0.2', '127.0.0.1', '127.0.0.1'];
    let looks = 0;
    const resolve = async () => [{ address: answers[looks++] ?? '127.0.0.1', family: 4 }];
    const network = { ...local, isAllowed, resolve };
    const url = `http://rebinding.example:${publicOne.port}/`;

    expect(await post(url, network)).toMatchObject({ kind: 'answered', status: 204 });
    expect(looks).toBe(1);
    // The next attempt is checked afresh.
    expect(await post(url, network)).toMatchObject({ kind: 'refused' });
    expect(publicOne.deliveries).toHaveLength(1);
    expect(trap.deliveries).toEqual([]);
  });
});
