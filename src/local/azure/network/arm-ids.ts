/** Whether two ARM ids name the same resource: Azure answers them in varying case (azure-ipam 2.5, trap 10). */
export const sameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export const resourceGroupIdOf = (subscriptionId: string, resourceGroup: string): string =>
  `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;

/** Id of a Microsoft.Network resource; `path` as in `virtualNetworks/v/subnets/s`. */
export const networkIdOf = (subscriptionId: string, resourceGroup: string, path: string): string =>
  `${resourceGroupIdOf(subscriptionId, resourceGroup)}/providers/Microsoft.Network/${path}`;

/** `3f2504e0-...` of `/subscriptions/3f2504e0-.../...`, in lower case. */
export const subscriptionOf = (id: string): string => (id.split('/')[2] ?? '').toLowerCase();

export const resourceGroupOf = (id: string): string => id.split('/')[4] ?? '';

/** Last segment. */
export const nameOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** Id without its last two segments: of a pool, its network manager; of a subnet, its VNet. */
export const parentIdOf = (id: string): string => id.split('/').slice(0, -2).join('/');

/** `West US` as Azure answers it: `westus`. */
export const canonicalLocation = (location: string): string =>
  location.toLowerCase().replaceAll(' ', '');
