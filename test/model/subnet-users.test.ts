import { describe, expect, it } from 'vitest';
import { describeSubnetUsers } from '../../src/model/subnet-users.ts';

const at = (path: string) => `/subscriptions/s/resourceGroups/rg/providers/${path}`;

describe('a user of a subnet is named as its owner calls it', () => {
  it.each([
    [
      'ipConfiguration',
      'Microsoft.Network/networkInterfaces/n/ipConfigurations/c',
      "network interface 'n'",
    ],
    [
      'ipConfiguration',
      'Microsoft.Compute/virtualMachineScaleSets/v/virtualMachines/0/networkInterfaces/n/ipConfigurations/c',
      "virtual machine scale set 'v'",
    ],
    [
      'ipConfiguration',
      'microsoft.network/VIRTUALNETWORKGATEWAYS/g/ipConfigurations/c',
      "virtual network gateway 'g'",
    ],
    ['ipConfiguration', 'Microsoft.New/things/t/ipConfigurations/c', "Microsoft.New/things 't'"],
    ['privateEndpoint', 'Microsoft.Network/privateEndpoints/p', "private endpoint 'p'"],
    ['serviceAssociationLink', 'Microsoft.Web/serverfarms/w', "App Service plan 'w'"],
    ['resourceNavigationLink', 'Microsoft.Cache/Redis/r', "Redis cache 'r'"],
  ] as const)('%s %s', (kind, path, words) => {
    expect(describeSubnetUsers([{ kind, id: at(path) }])).toEqual([`${words} (resource group rg)`]);
  });

  it.each([
    [
      at('Microsoft.Network/virtualNetworks/v/subnets/s/serviceAssociationLinks/AppServiceLink'),
      "service association link 'AppServiceLink'",
    ],
    ['Microsoft.Web/serverFarms', 'App Service plan (service association link)'],
    ['something', "service association link 'something'"],
  ])('by what a link says where it names no resource: %s', (id, words) => {
    expect(describeSubnetUsers([{ kind: 'serviceAssociationLink', id }])).toEqual([words]);
  });

  it('once, however many IP configurations it has, in an order that does not depend on Azure', () => {
    const nic = (name: string, configuration: string) =>
      ({
        kind: 'ipConfiguration',
        id: at(`Microsoft.Network/networkInterfaces/${name}/ipConfigurations/${configuration}`),
      }) as const;
    expect(describeSubnetUsers([nic('b', '1'), nic('a', '1'), nic('b', '2')])).toEqual([
      "network interface 'a' (resource group rg)",
      "network interface 'b' (resource group rg)",
    ]);
  });
});
