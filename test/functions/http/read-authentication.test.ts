import { describe, expect, it } from 'vitest';
import { readAuthentication } from '../../../src/functions/http/read-authentication.ts';

const inAzure = { WEBSITE_SITE_NAME: 'vnets', WEBSITE_INSTANCE_ID: 'abc' };
const key = 'k'.repeat(32);

it('in Azure the app starts with App Service authentication', () => {
  expect(readAuthentication({ ...inAzure, WEBSITE_AUTH_ENABLED: 'True' })).toEqual({
    by: 'app-service',
    signInUrl: '/.auth/login/aad',
  });
});

it('on the local platform it starts with the key of the platform', () => {
  expect(readAuthentication({ VNETV_LOCAL_PRINCIPAL_KEY: key })).toEqual({
    by: 'local-platform',
    signInUrl: '/.auth/login/local',
    key,
  });
});

describe('the app does not start', () => {
  const cases: Record<string, [environment: Record<string, string>, remedy: RegExp]> = {
    'without authentication in front of it': [inAzure, /az webapp auth update --enabled true/],
    'where authentication is switched off': [
      { ...inAzure, WEBSITE_AUTH_ENABLED: 'false' },
      /az webapp auth update/,
    ],
    'outside Azure, whatever a setting says': [{ WEBSITE_AUTH_ENABLED: 'true' }, /npm start/],
    'in Azure with the key of a local platform': [
      { ...inAzure, WEBSITE_AUTH_ENABLED: 'true', VNETV_LOCAL_PRINCIPAL_KEY: key },
      /Remove it/,
    ],
    'with such a key, where only the instance tells of Azure': [
      { WEBSITE_INSTANCE_ID: 'abc', VNETV_LOCAL_PRINCIPAL_KEY: key },
      /Remove it/,
    ],
    'with a key that can be guessed': [{ VNETV_LOCAL_PRINCIPAL_KEY: 'key' }, /at least 32/],
    'with an empty key': [{ VNETV_LOCAL_PRINCIPAL_KEY: '' }, /at least 32/],
  };
  it.each(Object.entries(cases))('%s', (_, [environment, remedy]) => {
    expect(() => readAuthentication(environment)).toThrow(remedy);
  });
});
