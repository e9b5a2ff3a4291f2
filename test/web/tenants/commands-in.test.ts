import { describe, expect, test } from 'vitest';
import { commandsIn } from '../../../src/web/tenants/commands-in.ts';

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
    expect(commandsIn(remedy)).toEqual(commands);
  });
});
