import type { ArmError } from '../contracts.ts';
import { refused } from './errors.ts';
import type { JsonObject, SubnetLink, SubnetRecord } from './records.ts';
import { arrayAt, objectAt, stringAt } from './request-values.ts';

/** What lives in a subnet: Azure sets it, clients cannot. */
export type SubnetUsers = Pick<
  SubnetRecord,
  'ipConfigurations' | 'privateEndpoints' | 'serviceAssociationLinks' | 'resourceNavigationLinks'
>;

type LinkKind = 'serviceAssociationLinks' | 'resourceNavigationLinks';

/** The members of a subnet that hold its users; what a body says of them is ignored. */
export const userMembers = [
  'ipConfigurations',
  'ipConfigurationProfiles',
  'privateEndpoints',
  'serviceAssociationLinks',
  'resourceNavigationLinks',
];

export function usersOf(subnet: SubnetRecord | undefined): SubnetUsers {
  const { privateEndpoints, serviceAssociationLinks, resourceNavigationLinks } = subnet ?? {};
  return {
    ipConfigurations: subnet?.ipConfigurations ?? [],
    ...(privateEndpoints && { privateEndpoints }),
    ...(serviceAssociationLinks && { serviceAssociationLinks }),
    ...(resourceNavigationLinks && { resourceNavigationLinks }),
  };
}

const linkIdOf = (subnetId: string, kind: LinkKind, link: SubnetLink): string =>
  `${subnetId}/${kind}/${link.name}`;

/** The ids of everything that lives in a subnet. */
function userIdsOf(subnetId: string, users: SubnetUsers): string[] {
  const linkIds = (kind: LinkKind): string[] =>
    (users[kind] ?? []).map((link) => linkIdOf(subnetId, kind, link));
  return [
    ...users.ipConfigurations,
    ...(users.privateEndpoints ?? []),
    ...linkIds('serviceAssociationLinks'),
    ...linkIds('resourceNavigationLinks'),
  ];
}

export const isInUse = (users: SubnetUsers): boolean => userIdsOf('', users).length > 0;

/** Refuses to delete a subnet that something lives in. */
export function requireSubnetUnused(virtualNetworkId: string, subnet: SubnetRecord): void {
  const [user] = userIdsOf(`${virtualNetworkId}/subnets/${subnet.name}`, subnet);
  if (user !== undefined) {
    throw refused(
      'InUseSubnetCannotBeDeleted',
      `Subnet ${subnet.name} is in use by ${user} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
    );
  }
}

/** Refuses to take a delegation away that a service association link rests on. */
export function requireDelegations(
  virtualNetworkId: string,
  subnet: SubnetRecord,
  before: SubnetRecord,
): void {
  const subnetId = `${virtualNetworkId}/subnets/${subnet.name}`;
  for (const link of before.serviceAssociationLinks ?? []) {
    const service = delegationFor(before, link);
    if (service !== undefined && delegationFor(subnet, link) === undefined) {
      throw missingDelegation(subnetId, service, link);
    }
  }
}

/** The delegated service that a link belongs to: `Microsoft.Web/serverFarms`. */
function delegationFor(subnet: SubnetRecord, link: SubnetLink): string | undefined {
  return arrayAt(subnet.otherProperties, 'delegations')
    .map((delegation) => stringAt(objectAt(delegation, 'properties'), 'serviceName'))
    .find((service) => service?.toLowerCase() === link.linkedResourceType.toLowerCase());
}

const missingDelegation = (subnetId: string, service: string, link: SubnetLink): ArmError =>
  refused(
    'SubnetMissingRequiredDelegation',
    `Subnet ${subnetId} requires any of the following delegation(s) [${service}] to reference service association link ${linkIdOf(subnetId, 'serviceAssociationLinks', link)}.`,
  );

/** The users of a subnet as Azure answers them; members without content are absent. */
export function usersView(subnetId: string, etag: string, users: SubnetUsers): JsonObject {
  const links = (kind: LinkKind): JsonObject[] =>
    (users[kind] ?? []).map((link) => linkView(subnetId, etag, kind, link));
  const lists = {
    ipConfigurations: users.ipConfigurations.map((id) => ({ id })),
    privateEndpoints: (users.privateEndpoints ?? []).map((id) => ({ id })),
    serviceAssociationLinks: links('serviceAssociationLinks'),
    resourceNavigationLinks: links('resourceNavigationLinks'),
  };
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}

function linkView(subnetId: string, etag: string, kind: LinkKind, link: SubnetLink): JsonObject {
  return {
    name: link.name,
    id: linkIdOf(subnetId, kind, link),
    etag,
    type: `Microsoft.Network/virtualNetworks/subnets/${kind}`,
    properties: {
      provisioningState: 'Succeeded',
      linkedResourceType: link.linkedResourceType,
      ...(link.link !== undefined && { link: link.link }),
      ...(kind === 'serviceAssociationLinks' && {
        enabledForArmDeployments: false,
        allowDelete: link.allowDelete ?? false,
        locations: [],
      }),
    },
  };
}
