import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  parseSecrets,
  webhookSignature,
} from '../../../src/activities/callbacks/webhook-signature.ts';
import { sampleSecrets } from '../../support/webhook-receiver.ts';

const secretOf = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`;

describe('a signature', () => {
  it('is the one that others compute of the same secret, id, time and body', () => {
    // The example of the Standard Webhooks libraries.
    const content = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1614265330,
      body: '{"test": 2432232314}',
    };
    expect(webhookSignature(content, parseSecrets(sampleSecrets[0]) ?? [])).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('comes once for each secret', () => {
    const content = { id: 'msg_1', timestamp: 1, body: '{}' };
    const one = (secret: string) => webhookSignature(content, parseSecrets(secret) ?? []);
    expect(one(sampleSecrets.join(' '))).toBe(sampleSecrets.map(one).join(' '));
  });
});

describe('a setting with secrets', () => {
  it.each([
    ['one', sampleSecrets[0], 1],
    ['two', sampleSecrets.join(' '), 2],
    ['two in two lines', `\n${sampleSecrets.join('\n')}\n`, 2],
    ['the shortest', secretOf(24), 1],
    ['the longest', secretOf(64), 1],
  ])('holds %s', (_what, setting, count) => {
    expect(parseSecrets(setting)).toHaveLength(count);
  });

  it.each([
    ['nothing', undefined],
    ['an empty text', ' '],
    ['no prefix', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['what is no base64', 'whsec_MfKQ9r8GKYqr!wjUPD8ILPZIo2LaLaSw'],
    ['too short a secret', secretOf(23)],
    ['too long a secret', secretOf(65)],
    ['a good and a bad one', `${sampleSecrets[0]} whsec_`],
    ['three', `${sampleSecrets.join(' ')} ${secretOf(32)}`],
    ['a reference that was not resolved', '@Microsoft.KeyVault(SecretUri=https://v.example/s)'],
  ])('is wrong when it holds %s', (_what, setting) => {
    expect(parseSecrets(setting)).toBeUndefined();
  });
});
