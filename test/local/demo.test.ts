import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('the demo shows its stories in plain lines, and ends well', async () => {
  const demo = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../src/local/demo.ts', import.meta.url))],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } },
  );
  let output = '';
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const [code] = await once(demo, 'exit');

  expect(output).toContain('VNet and pool agree on 10.0.0.0/24.');
  expect(output).toMatch(/vnet-payments has +10\.0\.0\.0\/24/);
  expect(output).toMatch(/corp-centralus gave it +10\.0\.0\.0\/24/);
  expect(output).toContain('three messages, one VNet, one allocation');
  expect(output).toMatch(/rejectReason +SchemaInvalid/);
  for (const check of ['connection', 'virtual-network-permission', 'resource-group']) {
    expect(output).toContain(`✖ ${check}`);
  }
  expect(output.match(/Remedy: \S/g)).toHaveLength(3);
  expect(output).toContain('Ada Requester lacks the app role Vnet.Approve');
  expect(output).toMatch(/approved by +Ben Approver, for the plan [0-9a-f]{12}…/);
  expect(output).toMatch(/✔ decide +Ben Approver: approve/);
  expect(output).toMatch(/vnet-data has +10\.0\.4\.0\/22/);
  expect(output).toContain('associated; nothing else of the VNet has changed');
  expect(output).toContain('disassociated; the pool has the space back');
  expect(output).toMatch(/given away now +1536 addresses[\s\S]*given away now +0 addresses/);
  for (const step of ['delete', 'track', 'confirm', 'deploy']) {
    expect(output).toMatch(new RegExp(`✔ compensate-${step} `));
  }
  // No control characters: the output is no terminal.
  expect(output).not.toContain('\u001b');
  expect(code).toBe(0);
}, 120_000);
