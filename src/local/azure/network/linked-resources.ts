import type { LinkedScope } from '../contracts.ts';
import type { Switches } from '../switches.ts';
import { arrayAt, objectAt, stringAt } from './request-values.ts';
import { poolIdsIn } from './virtual-network-body.ts';

/** Members of a subnet that refer to one resource, and the type of that resource. */
const joinedBySubnet = {
  networkSecurityGroup: 'networkSecurityGroups',
  routeTable: 'routeTables',
  natGateway: 'natGateways',
} as const;

function linkTo(reference: unknown, action: string): LinkedScope[] {
  const resourceId = stringAt(reference, 'id');
  return resourceId === undefined
    ? []
    : [{ resourceId, action: `Microsoft.Network/${action}/action` }];
}

/** The resources that the body of a VNet or subnet refers to, and what the caller must be allowed there. */
function referencesIn(body: unknown): LinkedScope[] {
  const properties = objectAt(body, 'properties');
  const subnets = [
    properties,
    ...arrayAt(properties, 'subnets').map((subnet) => objectAt(subnet, 'properties')),
  ];
  const joined = Object.entries(joinedBySubnet);
  return [
    ...linkTo(objectAt(properties, 'ddosProtectionPlan'), 'ddosProtectionPlans/join'),
    ...arrayAt(properties, 'virtualNetworkPeerings').flatMap((peering) =>
      linkTo(
        objectAt(objectAt(peering, 'properties'), 'remoteVirtualNetwork'),
        'virtualNetworks/peer',
      ),
    ),
    ...subnets.flatMap((subnet) => [
      ...joined.flatMap(([name, type]) => linkTo(objectAt(subnet, name), `${type}/join`)),
      ...arrayAt(subnet, 'serviceEndpointPolicies').flatMap((policy) =>
        linkTo(policy, 'serviceEndpointPolicies/join'),
      ),
    ]),
  ];
}

/**
 * What a PUT of a VNet or subnet links to: association needs its action at every pool that the body
 * names (azure-ipam 9); by a switch all other references need theirs too.
 */
export function linkedResources(body: unknown, switches: Switches): LinkedScope[] {
  const action = 'Microsoft.Network/networkManagers/ipamPools/associateResourcesToPool/action';
  return [
    ...poolIdsIn(body).map((resourceId) => ({ resourceId, action })),
    ...(switches.checkReferencesOfVirtualNetworks ? referencesIn(body) : []),
  ];
}
