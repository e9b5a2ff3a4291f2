/** Something that keeps a subnet from being deleted. */
interface SubnetUser {
  readonly kind:
    | 'ipConfiguration'
    | 'privateEndpoint'
    | 'serviceAssociationLink'
    | 'resourceNavigationLink';
  /** ARM id of the user or a part of it, of a link, or what Azure shows instead: a resource type, a name. */
  readonly id: string;
}

/** What the owners of a VNet call the resource types that live in subnets; keys in lower case. */
const nameOfType: Readonly<Record<string, string>> = {
  'microsoft.network/networkinterfaces': 'network interface',
  'microsoft.network/loadbalancers': 'load balancer',
  'microsoft.network/applicationgateways': 'application gateway',
  'microsoft.network/azurefirewalls': 'Azure Firewall',
  'microsoft.network/bastionhosts': 'Bastion host',
  'microsoft.network/virtualnetworkgateways': 'virtual network gateway',
  'microsoft.network/privateendpoints': 'private endpoint',
  'microsoft.network/privatelinkservices': 'private link service',
  'microsoft.network/networkprofiles': 'network profile of container groups',
  'microsoft.network/dnsresolvers': 'private DNS resolver',
  'microsoft.compute/virtualmachinescalesets': 'virtual machine scale set',
  'microsoft.containerinstance/containergroups': 'container group',
  'microsoft.containerservice/managedclusters': 'Kubernetes cluster',
  'microsoft.app/managedenvironments': 'Container Apps environment',
  'microsoft.app/environments': 'Container Apps environment',
  'microsoft.web/serverfarms': 'App Service plan',
  'microsoft.web/hostingenvironments': 'App Service Environment',
  'microsoft.sql/managedinstances': 'SQL managed instance',
  'microsoft.sql/virtualclusters': 'cluster of SQL managed instances',
  'microsoft.dbforpostgresql/flexibleservers': 'PostgreSQL server',
  'microsoft.dbformysql/flexibleservers': 'MySQL server',
  'microsoft.databricks/workspaces': 'Databricks workspace',
  'microsoft.netapp/volumes': 'NetApp volume',
  'microsoft.apimanagement/service': 'API Management service',
  'microsoft.cache/redis': 'Redis cache',
};

const nameOfKind: Readonly<Record<SubnetUser['kind'], string>> = {
  ipConfiguration: 'IP configuration',
  privateEndpoint: 'private endpoint',
  serviceAssociationLink: 'service association link',
  resourceNavigationLink: 'resource navigation link',
};

/**
 * The users of a subnet in words that their owners understand: each resource once, however many IP
 * configurations it has there; sorted.
 */
export const describeSubnetUsers = (users: readonly SubnetUser[]): readonly string[] =>
  [...new Set(users.map(describe))].sort();

function describe({ kind, id }: SubnetUser): string {
  const owner = /\/resourceGroups\/([^/]+)\/providers\/([^/]+)\/([^/]+)\/([^/]+)/i.exec(id);
  if (owner) {
    const [, resourceGroup = '', namespace = '', type = '', name = ''] = owner;
    // A link that does not name its resource has only its own id, which is the subnet's.
    if (type.toLowerCase() === 'virtualnetworks') {
      return `${nameOfKind[kind]} '${id.split('/').at(-1)}'`;
    }
    const resourceType = `${namespace}/${type}`;
    const what = nameOfType[resourceType.toLowerCase()] ?? resourceType;
    return `${what} '${name}' (resource group ${resourceGroup})`;
  }
  const known = nameOfType[id.toLowerCase()];
  return known === undefined ? `${nameOfKind[kind]} '${id}'` : `${known} (${nameOfKind[kind]})`;
}
