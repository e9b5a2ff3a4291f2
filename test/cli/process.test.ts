import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { FakeApi } from './support/fake-api.ts';
import { succeededDetail } from './support/samples.ts';
import { entry, startVnetv, vnetv } from './support/start-vnetv.ts';

let api: FakeApi;
let env: Record<string, string>;
beforeEach(async () => {
  api = await FakeApi.start();
  api.addRequest();
  env = { VNETV_API: api.url, VNETV_AS: 'ada' };
});
afterEach(() => api.close());

describe('vnetv as a process', () => {
  it('has JSON on its standard output and nothing else, and diagnostics on the other', async () => {
    api.scripted.push({ status: 503, headers: { 'retry-after': '0' } });
    const { code, stdout, stderr } = await vnetv(['list', '--json'], { env });

    expect(code).toBe(exitCodes.ok);
    expect(JSON.parse(stdout).requests).toHaveLength(1);
    expect(stderr).toContain('trying again');
  });

  it('ends with the exit code of what went wrong', async () => {
    const codes = async (...argv: string[]) => (await vnetv(argv, { env })).code;

    expect(await codes('list')).toBe(exitCodes.ok);
    expect(await codes('lsit')).toBe(exitCodes.usage);
    expect(await codes('show', 'NET-404')).toBe(exitCodes.notFound);
    expect((await vnetv(['whoami'], { env: { VNETV_API: api.url } })).code).toBe(
      exitCodes.notAllowed,
    );
    expect(
      (await vnetv(['whoami'], { env: { VNETV_API: 'http://127.0.0.1:1', VNETV_AS: 'ada' } })).code,
    ).toBe(exitCodes.unreachable);
  });

  it('has no colours, no moving pictures and no cut lines in a pipe', async () => {
    api.story.push(succeededDetail);
    const { stdout, stderr } = await vnetv(['show', 'NET-7', '--watch'], {
      env: { ...env, COLUMNS: '' },
    });

    expect(stdout + stderr).not.toContain('\u001b');
    expect(stderr).toContain(
      '2026-11-28T17:00:09.000Z succeeded: VNet and pool agree on 10.0.0.0/22.\n',
    );
    expect(stdout).toContain(`VNet      ${succeededDetail.result?.virtualNetworkId}\n`);
  });

  it('reads a request from a pipe', async () => {
    const { code } = await vnetv(['request', '-f', '-'], {
      env,
      stdin: '{ "id": "NET-9", "operation": "remove" }',
    });

    expect(code).toBe(exitCodes.ok);
    expect(api.callsOf('POST').at(-1)?.body).toEqual({ id: 'NET-9', operation: 'remove' });
  });

  it('ends quietly when nobody reads on', async () => {
    for (let number = 0; number < 2_000; number++) api.addRequest({ id: `NET-${number}` });
    api.pageSize = 200;
    const command = `"${process.execPath}" "${entry}" list --limit 2000 --json | head -n 1`;
    const child = spawn('bash', ['-c', `set -o pipefail; ${command}`], {
      env: { ...process.env, ...env },
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await new Promise((resolve) => child.on('close', resolve));

    expect(stderr).toBe('');
  });

  it('stops watching at Ctrl-C, at once, and says that the request goes on', async () => {
    const watching = startVnetv(['show', 'NET-7', '--watch'], { env });
    await watching.said('9 prerequisites met');
    watching.child.kill('SIGINT');
    const { code, stdout, stderr } = await watching.exited;

    expect(code).toBe(exitCodes.interrupted);
    expect(stdout).toBe('');
    expect(stderr).toContain('Stopped watching; NET-7 goes on.');
  });

  it('stops watching when --timeout is over', async () => {
    const { code, stderr } = await vnetv(['show', 'NET-7', '--watch', '--timeout', '1s'], { env });

    expect(code).toBe(exitCodes.stillRunning);
    expect(stderr).toContain('NET-7 has not ended within 1 s; it goes on.');
  });

  it('answers a completion without waiting for a sign-in that hangs', async () => {
    const { code, stdout } = await vnetv(['complete', '--', 're'], { env });

    expect(code).toBe(exitCodes.ok);
    expect(stdout).toContain('request\task for a VNet\n');
  });

  it('starts quickly: it loads neither the sign-in nor anything else that a help needs not', () => {
    const measured = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `process.argv[2] = '--help'; await import(${JSON.stringify(entry)}); const { userCPUTime, systemCPUTime } = process.resourceUsage(); console.error((userCPUTime + systemCPUTime) / 1000)`,
      ],
      { encoding: 'utf8' },
    );

    expect(measured.stdout).toContain('Usage: vnetv');
    // It takes 80 ms; the limit leaves room for a machine that is busy.
    expect(Number(measured.stderr)).toBeLessThan(400);
  });

  it('runs on Node 20, too', (context) => {
    const old = ['/usr/bin/node', '/usr/local/bin/node'].find((node) =>
      spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('v20.'),
    );
    if (old === undefined) return context.skip('There is no Node 20 here.');
    const { stdout, status } = spawnSync(old, [entry, '--version'], { encoding: 'utf8' });

    expect(status).toBe(0);
    expect(stdout.trim()).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
  });
});

describe('the completion of fish', () => {
  it('offers commands and options', (context) => {
    const hasFish = spawnSync('fish', ['--version']).status === 0;
    if (!hasFish) return context.skip('There is no fish here.');
    const script = [
      `function vnetv; "${process.execPath}" "${entry}" $argv; end`,
      'vnetv completion fish | source',
      'complete -C "vnetv rem"',
      'complete -C "vnetv remove --mode=dis"',
      'complete -C "vnetv show (echo gotcha >&2) --wa"',
    ].join('\n');
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], {
      encoding: 'utf8',
    });

    expect(stderr).toBe('');
    expect(stdout.split('\n').map((line) => line.split('\t')[0])).toEqual([
      'remove',
      '--mode=disassociate',
      '--watch',
      '',
    ]);
  });
});

describe('the completion of bash', () => {
  /** What bash would offer for a line that ends where the cursor is. */
  function offered(words: readonly string[]): string[] {
    const script = [
      `vnetv() { "${process.execPath}" "${entry}" "$@"; }`,
      'source <(vnetv completion bash)',
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})`,
      `COMP_CWORD=${words.length - 1}`,
      '_vnetv_complete',
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ].join('\n');
    const { stdout, stderr } = spawnSync('bash', ['-c', script], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    expect(stderr).toBe('');
    return stdout.trim().split('\n');
  }

  // The API answers in this process, which must not stand still meanwhile: what needs it is in
  // completion.test.ts.
  it('offers commands and options', () => {
    expect(offered(['vnetv', 'rem'])).toEqual(['remove']);
    expect(offered(['vnetv', 'show', '--wa'])).toEqual(['--watch']);
    expect(offered(['vnetv', 'remove', '--mode', '=', 'dis'])).toEqual(['disassociate']);
  });

  it('runs nothing of what stands on the line', () => {
    expect(offered(['vnetv', 'show', '$(echo gotcha >&2)', ''])).toEqual(['']);
    expect(offered(['vnetv', 'show', ';echo', '--wa'])).toEqual(['--watch']);
  });
});
