import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { landscapeSchema } from '../../src/model/landscape.ts';
import { run } from '../cli/support/run-cli.ts';
import { vnetv } from '../cli/support/start-vnetv.ts';
import { FreshAzure, ids, noClientId } from './fresh-azure.ts';

let fresh: FreshAzure;
beforeAll(async () => {
  fresh = await FreshAzure.start();
});
afterAll(() => fresh.close());

const argv = (...more: readonly string[]) => [
  ...['setup', '-l', fresh.landscapeFile, '--accounts', fresh.accountsFile],
  ...more,
];
/** Columns without the spaces between them. */
const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().replaceAll(/ {2,}/g, ' | '));

test('a dry run shows every step, what it would do and where, then how much it is', async () => {
  const { stdout, stderr, code } = await run(argv('--dry-run', '--pool', 'corp=10.0.0.0/16'));
  expect([stderr, code]).toEqual(['', 0]);
  expect(lines(stdout)).toEqual([
    'step | in | would be',
    "+ application | management tenant | made | 'vnet-vending'",
    '+ application multi-tenant | management tenant | made | open to other tenants',
    '+ service principal | management tenant | made | by the client id of the application',
    "+ resource group | management tenant | made | 'rg-ipam' in eastus",
    "+ network manager | management tenant | made | 'nm' in eastus",
    '+ pool corp | management tenant | made | 10.0.0.0/16 in eastus',
    '+ custom role VNet Vending (management tenant) 11111111 | management tenant | made | 8 actions',
    '+ custom role VNet Vending (connections) 11111111 | management tenant | made | 1 action',
    "+ role at pool corp | management tenant | made | 'VNet Vending (management tenant)'",
    "+ role at network manager nm | management tenant | made | 'VNet Vending (connections)'",
    '? roles in effect | management tenant | not looked at | needs a credential of the application here; may take 10 minutes',
    '+ service principal | tenant fabrikam | made | by the client id of the application',
    "+ connection 22222222, management side | management tenant | made | 'vnetv-fabrikam-22222222'",
    "+ connection 22222222, managed side | tenant fabrikam | made | 'vnetv-nm-11111111'",
    '+ connection 22222222, both sides | management tenant | made | none becomes Connected',
    '+ custom role VNet Vending (managed tenant) 22222222 | tenant fabrikam | made | 14 actions',
    "+ role at subscription 22222222 | tenant fabrikam | made | 'VNet Vending (managed tenant)'",
    '? roles in effect | tenant fabrikam | not looked at | needs a credential of the application here; may take 10 minutes',
    '',
    '· 16 changes; nothing was done.',
  ]);
});

test('a step that fails is explained below the table, and what waits for it says so', async () => {
  const { stdout, code } = await run(argv('--dry-run'));
  expect(code).toBe(6);
  expect(lines(stdout)).toEqual(
    expect.arrayContaining([
      '✗ pool corp | management tenant | failed | The pool corp does not exist.',
      '○ role at pool corp | management tenant | not reached | waits for: pool corp',
      '✗ The pool corp does not exist. (InputMissing)',
      'what to do | Give its prefixes: --pool corp=10.0.0.0/16; or correct its id in the landscape.',
      '✗ 1 step failed, 2 wait for them; 14 would change.',
    ]),
  );
});

test('somebody at a terminal is shown what would change, and asked; a no changes nothing', async () => {
  const prefixes = ['--pool', 'corp=10.0.0.0/16'];
  await fresh.writes();
  const no = await run(argv(...prefixes), { answer: 'n' });
  expect([no.code, no.stdout, await fresh.writes()]).toEqual([130, '', []]);
  expect(no.stderr).toContain('16 changes; nothing was done.');
  expect(no.stderr).toMatch(/Make these changes\?[\s\S]*Nothing was done\./);

  const yes = await run(argv(...prefixes, '--json'), { answer: 'y' });
  expect([yes.code, JSON.parse(yes.stdout).complete]).toEqual([0, true]);
  const kept = await run(argv('--undo'), { answer: '' });
  expect([kept.code, await fresh.setup()]).toMatchObject([130, { code: 0 }]);
  const undone = await run(argv('--undo'), { answer: 'yes' });
  expect([undone.code, undone.stdout]).toEqual([
    0,
    expect.stringContaining('13 changes: what setup made is taken back.'),
  ]);
});

test('the built vnetv sets up and takes back, says each change as it comes, and keeps no secret', async () => {
  const env = { NODE_EXTRA_CA_CERTS: fresh.azure.caFile };
  const first = await vnetv(argv('--pool', 'corp=10.0.0.0/16', '--yes'), { env });
  expect([first.code, first.stderr]).toEqual([
    0,
    expect.stringContaining('made: pool corp (management tenant)'),
  ]);
  expect(lines(first.stdout).at(-1)).toMatch(
    /^✓ \d+ changes: all is set up\. Next: vnetv doctor\.$/,
  );
  const landscape = readFileSync(fresh.landscapeFile, 'utf8');
  const undone = await vnetv(argv('--undo', '--yes', '--quiet'), { env });
  expect([undone.code, undone.stderr]).toEqual([0, '']);
  for (const text of [first.stdout, first.stderr, undone.stdout, landscape]) {
    for (const { clientSecret } of [ids.administratorA, ids.administratorB]) {
      expect(text).not.toContain(clientSecret);
    }
  }
});

test('the landscape that docs/setup.md begins with is one, and setup knows what to make of it', async () => {
  const [, landscape = ''] = /```json\n(.*?)```/s.exec(readFileSync('docs/setup.md', 'utf8')) ?? [];
  const { application } = landscapeSchema.parse(JSON.parse(landscape));
  expect(application.clientId).toBe(noClientId);
});
