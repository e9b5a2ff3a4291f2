import type { VirtualNetworkPage } from '../../model/api/tenant-views.ts';
import { contains, prefixAround } from '../pools/prefix.ts';
import { readAddress, readPrefix } from '../pools/read-prefix.ts';

export type ListedVirtualNetwork = VirtualNetworkPage['virtualNetworks'][number];

/**
 * The VNets that somebody looks for: by parts of name, resource group, region, prefix, pool or request, all of which must be
 * there, or by an address that lies in one of its prefixes. By name, as people look lists through.
 */
export function findVirtualNetworks(
  networks: readonly ListedVirtualNetwork[],
  text: string,
): ListedVirtualNetwork[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return networks
    .filter((network) => words.every((word) => fits(network, word)))
    .sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

function fits(network: ListedVirtualNetwork, word: string): boolean {
  const { name, resourceGroup, location, addressPrefixes, pools, requestId = '' } = network;
  const told = [name, resourceGroup, location, requestId, ...addressPrefixes, ...pools];
  return told.some((each) => each.toLowerCase().includes(word)) || holds(addressPrefixes, word);
}

function holds(addressPrefixes: readonly string[], word: string): boolean {
  const address = readAddress(word);
  if (address === undefined) return false;
  const { family, value } = address;
  const wanted = prefixAround(family, value, family === 'IPv4' ? 32 : 128);
  return addressPrefixes.some((text) => {
    const prefix = readPrefix(text);
    return prefix !== undefined && contains(prefix, wanted);
  });
}
