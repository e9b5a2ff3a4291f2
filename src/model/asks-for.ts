import type { VendingRequest } from './requests.ts';

/** What a request asks for, in a few words for people: `256 addresses of corp-centralus`. */
export function asksFor(request: VendingRequest): string {
  switch (request.operation) {
    case 'allocate':
      return request.allocations
        .map(({ pool, numberOfIpAddresses, prefixLength }) =>
          prefixLength === undefined
            ? `${numberOfIpAddresses} addresses of ${pool}`
            : `a /${prefixLength} of ${pool}`,
        )
        .join(' and ');
    case 'associate':
      return `its prefixes in ${request.pools.join(' and ')}`;
    case 'remove':
      return request.mode === 'delete'
        ? 'the VNet deleted, its prefixes given back'
        : 'its association dropped, the VNet kept';
  }
}
