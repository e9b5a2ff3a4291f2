import { isSameId } from './resource-ids.ts';

/** A VNet, or a part of it, as Azure wrote it in JSON, with all members, known and unknown. */
export type VirtualNetworkDocument = Readonly<Record<string, unknown>>;

type JsonObject = VirtualNetworkDocument;

/** What a PUT asks of a pool. */
export interface AllocationEntry {
  readonly poolId: string;
  /** Decimal. */
  readonly numberOfIpAddresses: string;
}

/** Allocations that were taken off a VNet and its subnets, as Azure wrote them; plain JSON. */
export interface DroppedAllocations {
  readonly virtualNetwork: readonly JsonObject[];
  /** Subnets that had none are not listed. */
  readonly subnets: readonly {
    readonly name: string;
    readonly allocations: readonly JsonObject[];
  }[];
}

/**
 * The VNet with allocations on top of those it has; its prefixes stay beside them. Its subnets name their
 * prefixes in the plural form, as Azure demands of a VNet with a pool (azure-ipam 2.5, trap 9).
 */
export function addAllocations(
  document: VirtualNetworkDocument,
  added: readonly AllocationEntry[],
): VirtualNetworkDocument {
  const entries = added.map(({ poolId, numberOfIpAddresses }) => ({
    numberOfIpAddresses,
    pool: { id: poolId },
  }));
  const extended = changeAddressSpace(document, (space) => withAllocations(space, entries));
  return changeSubnets(extended, ({ properties }) => inPluralForm(properties));
}

/** Names of the subnets whose form `addAllocations` changes. */
export const singularSubnets = (document: VirtualNetworkDocument): readonly string[] =>
  subnetsOf(document)
    .filter(({ properties }) => isSingular(properties))
    .map(({ name }) => name);

/**
 * The VNet without the allocations of the pools given, its own and those of its subnets. The subnets named
 * in `singular` get their form back, unless somebody has given them more prefixes meanwhile.
 */
export function takeAllocationsOut(
  document: VirtualNetworkDocument,
  poolIds: readonly string[],
  singular: readonly string[],
): VirtualNetworkDocument {
  const isOut = (allocation: unknown) =>
    poolIds.some((poolId) => isSameId(poolId, poolIdOf(allocation)));
  const without = (holder: JsonObject): JsonObject =>
    allocationsOf(holder).some(isOut)
      ? setAllocations(
          holder,
          allocationsOf(holder).filter((allocation) => !isOut(allocation)),
        )
      : holder;
  return changeSubnets(changeAddressSpace(document, without), ({ name, properties }) => {
    const left = without(properties);
    return singular.some((known) => isSameId(known, name)) ? inSingularForm(left) : left;
  });
}

/** The VNet with other prefixes; the same list leaves it as it is. */
export const withPrefixes = (
  document: VirtualNetworkDocument,
  addressPrefixes: readonly string[],
): VirtualNetworkDocument =>
  changeAddressSpace(document, (space) =>
    listOf(space['addressPrefixes']).join() === addressPrefixes.join()
      ? space
      : { ...space, addressPrefixes },
  );

/**
 * The VNet without any allocation, its own and those of its subnets; its prefixes stay. The empty list is
 * written out, because a member that is left out may be read as "as it is" (azure-ipam 11).
 */
export const dropAllocations = (document: VirtualNetworkDocument): VirtualNetworkDocument =>
  changeSubnets(changeAddressSpace(document, withoutAllocations), ({ properties }) =>
    withoutAllocations(properties),
  );

/** What `dropAllocations` takes off. */
export const droppedAllocations = (document: VirtualNetworkDocument): DroppedAllocations => ({
  virtualNetwork: allocationsOf(addressSpaceOf(document)).filter(isObject),
  subnets: subnetsOf(document)
    .map(({ name, properties }) => ({
      name,
      allocations: allocationsOf(properties).filter(isObject),
    }))
    .filter(({ allocations }) => allocations.length > 0),
});

/**
 * The VNet with the allocations that were taken off it, and its subnets in the form that this takes. A pool
 * that it has again already, and a subnet that is gone, stay as they are.
 */
export function readdAllocations(
  document: VirtualNetworkDocument,
  dropped: DroppedAllocations,
): VirtualNetworkDocument {
  const extended = changeAddressSpace(document, (space) =>
    withAllocations(space, dropped.virtualNetwork.map(asRequested)),
  );
  const isNew = extended !== document;
  return changeSubnets(extended, ({ name, properties }) => {
    const own = dropped.subnets.find((subnet) => isSameId(subnet.name, name))?.allocations ?? [];
    const form = isNew || own.length > 0 ? inPluralForm(properties) : properties;
    return withAllocations(form, own.map(asRequested));
  });
}

/** Reads back what was kept as JSON; anything else is an empty drop. */
export function parseDroppedAllocations(json: string | undefined): DroppedAllocations {
  const value: unknown = json === undefined ? {} : JSON.parse(json);
  const { virtualNetwork, subnets } = isObject(value) ? value : {};
  return {
    virtualNetwork: listOf(virtualNetwork).filter(isObject),
    subnets: listOf(subnets)
      .filter(isObject)
      .map(({ name, allocations }) => ({
        name: String(name),
        allocations: listOf(allocations).filter(isObject),
      })),
  };
}

/** What the pool answered is not for us to ask. */
function asRequested({ allocatedAddressPrefixes: _, ...allocation }: JsonObject): JsonObject {
  return allocation;
}

const allocationMember = 'ipamPoolPrefixAllocations';

const allocationsOf = (holder: JsonObject): readonly unknown[] => listOf(holder[allocationMember]);

const setAllocations = (holder: JsonObject, allocations: readonly unknown[]): JsonObject => ({
  ...holder,
  [allocationMember]: allocations,
});

function withAllocations(holder: JsonObject, added: readonly JsonObject[]): JsonObject {
  const present = allocationsOf(holder);
  const missing = added.filter(
    (entry) => !present.some((own) => isSameId(poolIdOf(own), poolIdOf(entry))),
  );
  return missing.length === 0 ? holder : setAllocations(holder, [...present, ...missing]);
}

const withoutAllocations = (holder: JsonObject): JsonObject =>
  allocationsOf(holder).length === 0 ? holder : setAllocations(holder, []);

function poolIdOf(allocation: unknown): string {
  const { pool } = isObject(allocation) ? allocation : {};
  const { id } = isObject(pool) ? pool : {};
  return typeof id === 'string' ? id : '';
}

const isSingular = (subnet: JsonObject): boolean => typeof subnet['addressPrefix'] === 'string';

/** Both members at once are refused, so the singular one goes. */
function inPluralForm(subnet: JsonObject): JsonObject {
  if (!isSingular(subnet)) return subnet;
  const { addressPrefix, ...rest } = subnet;
  const own = listOf(subnet['addressPrefixes']);
  return { ...rest, addressPrefixes: own.length > 0 ? own : [addressPrefix] };
}

function inSingularForm(subnet: JsonObject): JsonObject {
  const { addressPrefixes, ...rest } = subnet;
  const [only, ...more] = listOf(addressPrefixes);
  const isOrdinary = allocationsOf(subnet).length === 0;
  return typeof only === 'string' && more.length === 0 && isOrdinary
    ? { ...rest, addressPrefix: only }
    : subnet;
}

const propertiesOf = (document: JsonObject): JsonObject => objectOf(document['properties']);
const addressSpaceOf = (document: JsonObject): JsonObject =>
  objectOf(propertiesOf(document)['addressSpace']);

interface Subnet {
  readonly name: string;
  readonly properties: JsonObject;
}

const subnetOf = (subnet: unknown): Subnet | undefined =>
  isObject(subnet) && typeof subnet['name'] === 'string' && isObject(subnet['properties'])
    ? { name: subnet['name'], properties: subnet['properties'] }
    : undefined;

const subnetsOf = (document: JsonObject): readonly Subnet[] =>
  listOf(propertiesOf(document)['subnets'])
    .map(subnetOf)
    .filter((subnet) => subnet !== undefined);

function changeAddressSpace(
  document: JsonObject,
  change: (space: JsonObject) => JsonObject,
): JsonObject {
  const properties = propertiesOf(document);
  const before = addressSpaceOf(document);
  const after = change(before);
  return after === before
    ? document
    : { ...document, properties: { ...properties, addressSpace: after } };
}

function changeSubnets(document: JsonObject, change: (subnet: Subnet) => JsonObject): JsonObject {
  const properties = propertiesOf(document);
  if (!Array.isArray(properties['subnets'])) return document;
  const subnets = properties['subnets'].map((subnet: unknown) => {
    const known = subnetOf(subnet);
    return known === undefined ? subnet : { ...objectOf(subnet), properties: change(known) };
  });
  return { ...document, properties: { ...properties, subnets } };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
