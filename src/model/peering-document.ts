import type { VirtualNetworkDocument } from './virtual-network-document.ts';

/** Bodies that make peerings again, by the name of the peering. */
export type PeeringBodies = Readonly<Record<string, VirtualNetworkDocument>>;

/** What Azure writes of a peering and nobody asks for: its state, and facts of the other side. */
const readOnlyMembers: ReadonlySet<string> = new Set([
  'provisioningState',
  'resourceGuid',
  'peeringState',
  'peeringSyncLevel',
  'remoteAddressSpace',
  'remoteVirtualNetworkAddressSpace',
  'remoteBgpCommunities',
  'remoteVirtualNetworkEncryption',
]);

interface PeeringDocument {
  readonly name: string;
  readonly properties: VirtualNetworkDocument;
}

/** Bodies for the peerings of a VNet that are named; members that we do not know are kept. */
export const peeringBodies = (
  virtualNetwork: VirtualNetworkDocument,
  names: readonly string[],
): PeeringBodies =>
  Object.fromEntries(
    peeringsIn(virtualNetwork)
      .filter(({ name }) => includesName(names, name))
      .map(({ name, properties }) => [name, { properties: writable(properties) }]),
  );

/** Names of peerings that do not join the VNets on both sides, with the state that Azure tells. */
export const unconnectedPeerings = (
  virtualNetwork: VirtualNetworkDocument,
  names: readonly string[],
): readonly { readonly name: string; readonly state: string }[] =>
  peeringsIn(virtualNetwork)
    .filter(({ name }) => includesName(names, name))
    .flatMap(({ name, properties: { peeringState: state } }) =>
      typeof state === 'string' && state !== 'Connected' ? [{ name, state }] : [],
    );

/** ARM id of the VNet on the other side. */
export function remoteOf(body: VirtualNetworkDocument): string {
  const { remoteVirtualNetwork } = objectOf(body['properties']);
  const { id } = objectOf(remoteVirtualNetwork);
  return typeof id === 'string' ? id : 'an unknown VNet';
}

/** Names of peerings have no case. */
export const includesName = (names: readonly string[], name: string): boolean =>
  names.some((candidate) => candidate.toLowerCase() === name.toLowerCase());

const writable = (properties: VirtualNetworkDocument): VirtualNetworkDocument =>
  Object.fromEntries(Object.entries(properties).filter(([member]) => !readOnlyMembers.has(member)));

function peeringsIn(virtualNetwork: VirtualNetworkDocument): readonly PeeringDocument[] {
  const { virtualNetworkPeerings } = objectOf(virtualNetwork['properties']);
  if (!Array.isArray(virtualNetworkPeerings)) return [];
  return virtualNetworkPeerings.flatMap((peering: unknown) => {
    const { name, properties } = objectOf(peering);
    return typeof name === 'string' ? [{ name, properties: objectOf(properties) }] : [];
  });
}

const objectOf = (value: unknown): VirtualNetworkDocument =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as VirtualNetworkDocument)
    : {};
