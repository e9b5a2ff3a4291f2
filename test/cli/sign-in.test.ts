import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { shorten } from '../../src/cli/sign-in/entra-sign-in.ts';
import { FakeApi } from './support/fake-api.ts';
import { run } from './support/run-cli.ts';

let api: FakeApi;
beforeEach(async () => {
  api = await FakeApi.start();
});
afterEach(() => api.close());

const tokens = () => api.callsOf('GET').map(({ headers }) => headers.authorization);

describe('signing in', () => {
  it('as a person of the local platform sends the token of that person', async () => {
    await run(['--api', api.url, '--as', 'ada', 'whoami']);
    await run(['whoami'], { env: { VNETV_API: api.url, VNETV_AS: 'ben' } });
    await run(['whoami', '--as', 'ada'], { env: { VNETV_API: api.url, VNETV_AS: 'ben' } });

    expect(tokens()).toEqual(['Bearer token of ada', 'Bearer token of ben', 'Bearer token of ada']);
  });

  it('before the real Azure takes the code of VNETV_SIGN_IN_CODE, and says so where it is missing', async () => {
    const asksForCode: typeof fetch = async (_, init) => {
      const { code } = JSON.parse(String(init?.body ?? '{}')) as { code?: string };
      return code === 'RIGHT'
        ? Response.json({ token: 'token of ada' })
        : Response.json({ title: 'This is not the code of Ada.' }, { status: 401 });
    };
    const signInWith = async (env: Record<string, string>) =>
      await run(['--api', api.url, '--as', 'ada', 'whoami'], { fetch: asksForCode, env });
    const without = await signInWith({});
    expect(without.code).toBe(exitCodes.notAllowed);
    expect(without.stderr).toMatch(
      /The code of 'ada' is missing or wrong[\s\S]*VNETV_SIGN_IN_CODE/,
    );
    expect((await signInWith({ VNETV_SIGN_IN_CODE: 'RIGHT' })).stderr).not.toContain('The code');
  });

  it('as somebody who is not there names those who are', async () => {
    const { code, stderr } = await run(['--api', api.url, '--as', 'zoe', 'whoami']);

    expect(code).toBe(exitCodes.notAllowed);
    expect(stderr).toContain("Nobody of the local platform is called 'zoe'");
    expect(stderr).toContain('ada (Vnet.Request); ben (Vnet.Approve)');
  });

  it('as nobody tells how to become somebody', async () => {
    const { code, stderr } = await run(['--api', api.url, 'whoami']);

    expect(code).toBe(exitCodes.notAllowed);
    expect(stderr).toContain('--as PERSON');
    expect(stderr).toContain('ada (Vnet.Request)');
  });

  it('with --as is for the local platform alone', async () => {
    const { code, stderr } = await run([
      '--api',
      'https://vending.example.com',
      '--as',
      'ada',
      'whoami',
    ]);

    expect(code).toBe(exitCodes.usage);
    expect(stderr).toContain('--as ada is for a local platform');
  });

  it('with --as at an API without a local sign-in says so', async () => {
    const fetchElse: typeof fetch = () => Promise.resolve(new Response('', { status: 404 }));
    const { code, stderr } = await run(['--api', api.url, '--as', 'ada', 'whoami'], {
      fetch: fetchElse,
    });

    expect(code).toBe(exitCodes.notAllowed);
    expect(stderr).toContain('offers no local sign-in');
  });

  it('goes one way at a time', async () => {
    const { code, stderr } = await run([
      '--api',
      api.url,
      '--as',
      'ada',
      '--interactive',
      'whoami',
    ]);

    expect(code).toBe(exitCodes.usage);
    expect(stderr).toContain('exclude one another');
  });

  it.each([
    [{ VNETV_API: 'https://vending.example.com', VNETV_AS: 'ada' }, [], 'Entra ID (environment'],
    [{ AZURE_CLIENT_SECRET: 'x' }, [], 'Entra ID (environment'],
    [{ AZURE_CLIENT_SECRET: 'x', VNETV_AS: 'ada' }, [], "'ada' of the local platform"],
    [{}, [], 'nobody'],
    [{}, ['--interactive'], 'Entra ID, in the browser'],
    [{ VNETV_AS: 'ada' }, ['--device-code'], 'Entra ID, by device code'],
  ])('with %j and %j speaks for %s', async (env, argv, expected) => {
    const { code, stdout } = await run(['config', ...argv], { env });

    expect(code).toBe(exitCodes.ok);
    expect(stdout).toContain(expected);
  });

  it('that fails tells of each credential that was tried what fits in a line or two', () => {
    const told = shorten(
      `Chain failed.\nCredentialUnavailableError: A is missing.\n\nCredentialUnavailableError: B ${'says much '.repeat(99)}`,
    );

    expect(told).toMatch(/^Chain failed\. A is missing\. B says much .{140,150}\.\.\.$/);
  });

  it('shows settings without asking anybody', async () => {
    const { stdout } = await run(['config', '--json'], {
      env: { VNETV_API: 'https://vending.example.com', VNETV_SCOPE: 'api://other/.default' },
    });

    expect(JSON.parse(stdout)).toEqual({
      api: 'https://vending.example.com/',
      apiFrom: 'VNETV_API',
      signIn: expect.stringContaining('Entra ID'),
      scope: 'api://other/.default',
      authority: 'https://login.microsoftonline.com',
    });
  });
});
