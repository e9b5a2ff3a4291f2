import { expect, it } from 'vitest';
import { callbackDependencies } from '../../src/functions/callbacks/callback-dependencies.ts';
import { sampleLandscape } from '../model/samples.ts';
import { sampleSecrets } from '../support/webhook-receiver.ts';

const callback = {
  name: 'tickets',
  url: 'https://tickets.contoso.example/hook',
  secretSetting: 'HOOK_SECRET',
};

const start = (
  change: object = {},
  { isLocal = false, settings = {} }: { isLocal?: boolean; settings?: object } = {},
) =>
  callbackDependencies(
    {
      landscape: sampleLandscape({ callbacks: [{ ...callback, ...change }] }),
      authentication: isLocal
        ? { by: 'local-platform', signInUrl: '/', key: 'k'.repeat(32) }
        : { by: 'app-service', signInUrl: '/' },
      all: { HOOK_SECRET: sampleSecrets[0], ...settings },
    },
    { keep: async () => undefined },
  );

const fromSetting = { url: undefined, urlSetting: 'HOOK_URL' };

it('callbacks that can be delivered let the app start', () => {
  expect(() => start()).not.toThrow();
  expect(() => start({ tenants: ['fabrikam'] })).not.toThrow();
  expect(() =>
    start(fromSetting, { settings: { HOOK_URL: 'https://x.example/?sig=s' } }),
  ).not.toThrow();
  for (const url of ['http://127.0.0.1:1/', 'http://localhost/', 'http://[::1]/']) {
    expect(() => start({ url }, { isLocal: true })).not.toThrow();
  }
});

it.each<[string, RegExp, object, object]>([
  ['plain http', /url must be an https address/, { url: 'http://x.example/' }, {}],
  ['a private address', /private network/, { url: 'https://10.0.0.1/' }, {}],
  ['this machine', /private network/, { url: 'https://0x7f.1/' }, {}],
  ['the metadata service', /private network/, { url: 'https://[::ffff:169.254.169.254]/' }, {}],
  ['a password in the address', /user name or password/, { url: 'https://a:b@x.example/' }, {}],
  ['no secret', /'HOOK_SECRET' must hold a secret/, {}, { HOOK_SECRET: undefined }],
  ['a weak secret', /'HOOK_SECRET' must hold a secret/, {}, { HOOK_SECRET: 'hunter2' }],
  ['no address', /'HOOK_URL' must be an https address/, fromSetting, {}],
  ['an unknown tenant', /'northwind' is no alias/, { tenants: ['northwind'] }, {}],
])('a callback with %s keeps the app from starting', (_what, words, change, settings) => {
  expect(() => start(change, { settings })).toThrow(words);
});

it('what is wrong with an address in a setting is told without the address', () => {
  const settings = { HOOK_URL: 'http://x.example/?sig=topsecret' };
  expect(() => start(fromSetting, { settings })).toThrow(/^(?!.*topsecret)/s);
});

it('private addresses stay refused on the local platform', () => {
  const { network } = start({ url: 'http://localhost/' }, { isLocal: true });
  expect(network.isAllowed('127.0.0.1')).toBe(true);
  expect(network.isAllowed('10.0.0.1')).toBe(false);
  expect(start().network.isAllowed('127.0.0.1')).toBe(false);
  expect(start().network.allowHttp).toBe(false);
});
