/** ARM ids compare case-insensitively: services give them back in another case (azure-ipam 2.5). */
export const isSameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The resource itself or a part of it: whether a pool lists subnets apart is unconfirmed (azure-ipam 6.4). */
export const isWithin = (resourceId: string, outerId: string): boolean =>
  `${resourceId}/`.toLowerCase().startsWith(`${outerId}/`.toLowerCase());
