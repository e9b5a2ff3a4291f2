import { isIP } from 'node:net';
import { normalizeCidr } from 'cidr-tools';
import { isPrefix } from '../../../model/prefixes.ts';
import type { ArmError } from '../contracts.ts';
import { refused } from './errors.ts';

/** Whether a text is an address and a length, even where the address does not start the block. */
function isWellFormed(prefix: string): boolean {
  const [address = '', length = '', ...rest] = prefix.split('/');
  const family = isIP(address);
  const bits = family === 4 ? 32 : 128;
  return family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= bits;
}

/** What is wrong with a prefix of a VNet or subnet, if anything (azure-ipam 13). */
export function prefixError(prefix: string, resourceId: string): ArmError | undefined {
  if (isPrefix(prefix)) return undefined;
  if (!isWellFormed(prefix)) {
    return refused(
      'InvalidAddressPrefixFormat',
      `Address prefix ${prefix} of resource ${resourceId} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.`,
    );
  }
  return refused(
    'InvalidCIDRNotation',
    `The address prefix ${prefix} in resource ${resourceId} has an invalid CIDR notation. For the given prefix length, the address prefix should be ${normalizeCidr(prefix)}.`,
  );
}

export function requirePrefixes(prefixes: readonly string[], resourceId: string): void {
  for (const prefix of prefixes) {
    const error = prefixError(prefix, resourceId);
    if (error !== undefined) throw error;
  }
}
