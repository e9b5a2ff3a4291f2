import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { createProgram } from '../../src/cli/program.ts';
import { FakeApi } from './support/fake-api.ts';
import { run } from './support/run-cli.ts';
import { failedDetail, succeededDetail } from './support/samples.ts';

let api: FakeApi;
beforeEach(async () => {
  api = await FakeApi.start();
  api.addRequest({ id: 'NET-7' });
  api.addRequest({ ...succeededDetail, id: 'NET-8' });
  api.addRequest({ ...failedDetail, id: 'OPS-9' });
});
afterEach(() => api.close());

/** The suggestions for the words of a command line, without their descriptions. */
async function complete(...words: string[]): Promise<string[]> {
  const { stdout } = await run(['complete', '--', ...words], {
    env: { VNETV_API: api.url, VNETV_AS: 'ada' },
  });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

describe('completion', () => {
  it('knows the commands, and those below audit', async () => {
    expect(await complete('')).toEqual(
      expect.arrayContaining(['request', 'show', 'audit', 'help']),
    );
    expect(await complete('')).not.toContain('complete');
    expect(await complete('re')).toEqual(['request', 'remove', 'reject', 'resume']);
    expect(await complete('audit', '')).toEqual(expect.arrayContaining(['export', 'verify']));
  });

  it('knows the options of a command and of all commands', async () => {
    expect(await complete('show', '--')).toEqual(
      expect.arrayContaining(['--watch', '--timeout', '--json', '--api']),
    );
    expect(await complete('request', '--su')).toEqual(['--subscription', '--subnet']);
  });

  it('knows the values of options: fixed ones, files, and what the API has', async () => {
    expect(await complete('list', '--state', 'aw')).toEqual(['awaiting-approval']);
    expect(await complete('remove', 'NET-7', '--mode', '')).toEqual(['delete', 'disassociate']);
    expect(await complete('request', '-f', '')).toEqual([':files']);
    expect(await complete('request', '--pool', 'c')).toEqual(['corp-centralus']);
    expect(await complete('request', '--tenant', '')).toEqual(['fabrikam', 'northwind']);
    expect(await complete('--as', '')).toEqual(['ada', 'ben']);
    expect(await complete('request', '--reason', '')).toEqual([]);
  });

  it('knows a value behind an equals sign, in one word or, as bash has it, in three', async () => {
    expect(await complete('request', '--tenant=f')).toEqual(['--tenant=fabrikam']);
    expect(await complete('request', '--tenant', '=', 'f')).toEqual(['fabrikam']);
    expect(await complete('request', '--tenant', '=')).toEqual(['fabrikam', 'northwind']);
  });

  it('knows the requests that a command is for', async () => {
    expect(await complete('show', '')).toEqual(['NET-7', 'NET-8', 'OPS-9']);
    expect(await complete('show', 'O')).toEqual(['OPS-9']);
    expect(await complete('approve', '')).toEqual(['NET-7']);
    expect(await complete('remove', '')).toEqual(['NET-8']);
    expect(await complete('resume', '')).toEqual(['OPS-9']);
    expect(await complete('show', '--watch', '')).toEqual(['NET-7', 'NET-8', 'OPS-9']);
    expect(await complete('show', 'NET-7', '')).toEqual([]);
    expect(await complete('show', '--', '--w')).toEqual([]);
    expect(await complete('show', '--', 'NET-8')).toEqual(['NET-8']);
  });

  it('knows pools, tenants and shells as arguments', async () => {
    expect(await complete('pools', '')).toEqual(['corp-centralus']);
    expect(await complete('doctor', 'n')).toEqual(['northwind']);
    expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish', 'powershell']);
  });

  it('speaks for whom the command line speaks for', async () => {
    await run(['complete', '--', '--api', api.url, '--as', 'ben', 'show', '']);

    expect(api.callsOf('GET').at(-1)?.headers.authorization).toBe('Bearer token of ben');
  });

  it('says nothing where the API does not answer or refuses', async () => {
    const { code, stdout, stderr } = await run(['complete', '--', 'show', ''], {
      env: { VNETV_API: api.url },
    });

    expect([code, stdout, stderr]).toEqual([exitCodes.ok, '', '']);
  });

  it('tells what a suggestion is', async () => {
    const { stdout } = await run(['complete', '--', 'show', ''], {
      env: { VNETV_API: api.url, VNETV_AS: 'ada' },
    });

    expect(stdout).toContain('NET-7\tawaiting-approval, allocate vnet-payments\n');
  });

  it.each(['bash', 'zsh', 'fish', 'powershell'])('has a script for %s', async (shell) => {
    const { code, stdout } = await run(['completion', shell]);

    expect(code).toBe(exitCodes.ok);
    expect(stdout).toContain('vnetv complete --');
    expect(stdout).not.toMatch(/\beval\b|Invoke-Expression/);
  });
});

describe('the program', () => {
  it('explains every command, option and argument', async () => {
    const program = createProgram(
      { stdout: { write() {} }, stderr: { write() {} }, env: {} } as never,
      () => {
        throw new Error('nothing runs');
      },
    );
    const all = [program, ...program.commands.flatMap((command) => [command, ...command.commands])];

    for (const command of all) {
      for (const { flags, description } of command.options) expect(description, flags).not.toBe('');
      if (command.name() !== 'complete') expect(command.description(), command.name()).not.toBe('');
    }
    expect(all.length).toBeGreaterThan(18);
  });

  it.each([[['--help']], [['help', 'request']], [['audit', 'verify', '--help']], [['--version']]])(
    '%j is no error',
    async (argv) => {
      const { code, stdout, stderr } = await run(argv);

      expect([code, stderr]).toEqual([exitCodes.ok, '']);
      expect(stdout).not.toBe('');
    },
  );

  it.each([
    [[]],
    [['audit']],
    [['shwo', 'NET-7']],
    [['show']],
    [['show', '--what']],
    [['show', 'a', 'b']],
  ])('%j is wrong usage, told on the error output', async (argv) => {
    const { code, stdout, stderr } = await run(argv);

    expect([code, stdout]).toEqual([exitCodes.usage, '']);
    expect(stderr).not.toBe('');
  });

  it('guesses what was meant', async () => {
    expect((await run(['shwo', 'NET-7'])).stderr).toContain('Did you mean show?');
  });

  it('lists all exit codes in its help', async () => {
    const { stdout } = await run(['--help']);

    for (const code of Object.values(exitCodes))
      expect(stdout).toMatch(new RegExp(`^ +${code}  `, 'm'));
  });
});
