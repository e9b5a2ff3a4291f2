import type { VirtualNetwork } from '@azure/arm-network';
import { isSameId } from '../../src/model/resource-ids.ts';
import { virtualNetworkIdOf } from './requests.ts';
import type { TestPlatform } from './test-platform.ts';

type Document = Readonly<Record<string, unknown>>;

/** A VNet of fabrikam that nobody requested, with much that a careless PUT would lose. */
export async function createExistingNetwork(
  test: TestPlatform,
  name: string,
  prefix = '10.2.0.0/24',
): Promise<string> {
  const { client, resourceGroup } = test.lookUp.managedTenant('fabrikam');
  await settled(
    test,
    client.virtualNetworks.createOrUpdate(resourceGroup, name, existingNetwork(prefix)),
  );
  const id = virtualNetworkIdOf('').replace(/[^/]+$/, name);
  await test.control.change(unknownMembersOf(id));
  return id;
}

/** The body of such a VNet, without what the SDK does not know. */
export function existingNetwork(prefix: string): VirtualNetwork {
  const base = prefix.replace(/\.0\/24$/, '');
  return {
    location: 'centralus',
    tags: { owner: 'branch office', costCentre: '77' },
    addressSpace: { addressPrefixes: [prefix] },
    dhcpOptions: { dnsServers: [`${base}.4`] },
    subnets: [
      {
        name: 'tills',
        addressPrefix: `${base}.0/26`,
        networkSecurityGroup: { id: resourceIdOf('networkSecurityGroups', 'nsg-tills') },
        routeTable: { id: resourceIdOf('routeTables', 'rt-tills') },
      },
      {
        name: 'office',
        addressPrefixes: [`${base}.64/26`],
        serviceEndpoints: [{ service: 'Microsoft.Storage', locations: ['centralus'] }],
        delegations: [{ name: 'web', serviceName: 'Microsoft.Web/serverFarms' }],
      },
    ],
  };
}

/** A change of the emulated Azure: properties of a later API version. */
export const unknownMembersOf = (id: string): object => ({
  network: {
    change: 'patchVirtualNetwork',
    id,
    properties: { flowTimeoutInMinutes: 10, brandNewMember: { of: ['a', 'later', 'version'] } },
  },
});

const resourceIdOf = (type: string, name: string): string =>
  virtualNetworkIdOf('').replace(/virtualNetworks\/[^/]+$/, `${type}/${name}`);

/** Peers two VNets of fabrikam, both sides. */
export async function peer(test: TestPlatform, a: string, b: string): Promise<void> {
  await peerOneSide(test, a, b);
  await peerOneSide(test, b, a);
}

/** One side alone: it waits for the other one. */
export async function peerOneSide(test: TestPlatform, from: string, to: string): Promise<void> {
  const { client, resourceGroup } = test.lookUp.managedTenant('fabrikam');
  await settled(
    test,
    client.virtualNetworkPeerings.createOrUpdate(resourceGroup, from, `to-${to}`, {
      remoteVirtualNetwork: { id: virtualNetworkIdOf('').replace(/[^/]+$/, to) },
      allowForwardedTraffic: true,
    }),
  );
}

/** Lets time pass until an operation of somebody else has ended. */
async function settled<T>(test: TestPlatform, operation: PromiseLike<T>): Promise<T> {
  let isDone = false;
  const result = Promise.resolve(operation).finally(() => {
    isDone = true;
  });
  result.catch(() => undefined);
  while (!isDone) {
    test.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return await result;
}

/** A VNet as the emulated Azure shows it now, whole. */
export async function documentOf(test: TestPlatform, id: string): Promise<Document | undefined> {
  const { virtualNetworks } = (await test.control.state()) as {
    virtualNetworks: readonly (Document & { id: string })[];
  };
  return virtualNetworks.find((one) => isSameId(one.id, id));
}

/** Members that change with every write, or that an association is. */
const movingMembers: ReadonlySet<string> = new Set([
  'etag',
  'provisioningState',
  'ipamPoolPrefixAllocations',
]);

/** The document without what every write changes, and with every subnet in the plural form. */
export function unchangedPart(document: Document | undefined): unknown {
  if (!document) throw new Error('There is no such VNet.');
  return JSON.parse(
    JSON.stringify(document, (key, value) => (movingMembers.has(key) ? undefined : value)).replace(
      /"addressPrefix":("[^"]+")/g,
      '"addressPrefixes":[$1]',
    ),
  );
}

/** The document with the form of the subnets, but without etags and states. */
export const exactly = (document: Document | undefined): unknown =>
  JSON.parse(
    JSON.stringify(document, (key, value) =>
      ['etag', 'provisioningState'].includes(key) ? undefined : value,
    ),
  );
