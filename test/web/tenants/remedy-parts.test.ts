import { describe, expect, test } from 'vitest';
import { remedyParts } from '../../../src/web/tenants/remedy-parts.ts';

describe('the commands of a remedy', () => {
  test.each([
    [
      'Assign the role IPAM Pool User on the pool to the application: az role assignment create --role "IPAM Pool User" --assignee a1 --scope /subscriptions/s1/resourceGroups/rg(prod)/x',
      [
        'az role assignment create --role "IPAM Pool User" --assignee a1 --scope /subscriptions/s1/resourceGroups/rg(prod)/x',
      ],
    ],
    [
      'Create it: az group create --subscription s1 --name rg-web --location centralus; or name an existing one.',
      ['az group create --subscription s1 --name rg-web --location centralus'],
    ],
    [
      'Make it multi-tenant, in its home tenant (az ad app update --id a1 --set signInAudience=AzureADMultipleOrgs); then an administrator of tenant t1 runs: az ad sp create --id a1',
      [
        'az ad app update --id a1 --set signInAudience=AzureADMultipleOrgs',
        'az ad sp create --id a1',
      ],
    ],
    [
      'An administrator runs: az ad sp update --id a1 --set accountEnabled=true (or enables the application).',
      ['az ad sp update --id a1 --set accountEnabled=true'],
    ],
    ['Run az login.', ['az login']],
    ['Ask for --role "A; (B)": az x --role "A; (B)"', ['az x --role "A; (B)"']],
    ['Renew the secret and update the app setting.', []],
    ['Nothing about gaz or az-like words; blaz a.', []],
  ])('%s', (remedy, commands) => {
    const parts = remedyParts(remedy);
    expect(parts.filter(({ kind }) => kind === 'command').map(({ text }) => text)).toEqual(
      commands,
    );
  });

  test('the sentences around them are kept, in their order', () => {
    expect(
      remedyParts(
        'Make it so (az ad app update --id a1); then run: az ad sp create --id a1 (or ask).',
      ),
    ).toEqual([
      { kind: 'text', text: 'Make it so' },
      { kind: 'command', text: 'az ad app update --id a1' },
      { kind: 'text', text: 'then run:' },
      { kind: 'command', text: 'az ad sp create --id a1' },
      { kind: 'text', text: '(or ask).' },
    ]);
    expect(remedyParts('Ask somebody (who knows).')).toEqual([
      { kind: 'text', text: 'Ask somebody (who knows).' },
    ]);
  });
});
