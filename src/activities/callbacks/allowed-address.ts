import ipaddr from 'ipaddr.js';

/** Whether a callback may be sent to an IP address. */
export type AddressRule = (address: string) => boolean;

/**
 * Of the internet, for everybody to reach: not this machine, not a private or link-local network (where
 * the metadata services are), nothing that stands for another address (IPv4-mapped, NAT64, 6to4, Teredo).
 */
export const isPublicAddress: AddressRule = (text) => {
  const address = parse(text);
  if (address === undefined || address.range() !== 'unicast') return false;
  if (address.kind() === 'ipv6') return globalUnicast.some((block) => address.match(block));
  // Azure's own host, from within any of its machines: the one special address outside of all ranges.
  return address.toString() !== '168.63.129.16';
};

/** On the local platform callbacks may go to this machine too. */
export const isPublicOrLoopbackAddress: AddressRule = (text) =>
  isPublicAddress(text) || parse(text)?.range() === 'loopback';

const globalUnicast = [ipaddr.parseCIDR('2000::/3')];

/** Not a name, and not a spelling such as `0x7f.1` that different programs read in different ways. */
function parse(text: string) {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
}
