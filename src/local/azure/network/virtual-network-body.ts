import { type ArmContext, ArmError } from '../contracts.ts';
import { invalidRequestFormat, refused } from './errors.ts';
import type { JsonObject } from './records.ts';
import { arrayAt, isObject, member, objectAt, stringAt, without } from './request-values.ts';
import { userMembers } from './subnet-users.ts';

/** Entry of `ipamPoolPrefixAllocations` in a body. */
export interface WantedAllocation {
  readonly poolId: string;
  readonly numberOfIpAddresses: string | undefined;
}

export interface WantedSubnet {
  readonly name: string;
  readonly prefixMember: 'addressPrefix' | 'addressPrefixes';
  /** Both members hold prefixes, which is refused. */
  readonly hasBothPrefixMembers: boolean;
  readonly addressPrefixes: readonly string[];
  readonly allocations: readonly WantedAllocation[];
  readonly otherProperties: JsonObject;
  readonly otherMembers: JsonObject;
}

export interface WantedPeering {
  readonly name: string;
  readonly remoteVirtualNetworkId: string;
  readonly otherProperties: JsonObject;
}

/** A VNet as a PUT wants it. */
export interface WantedVirtualNetwork {
  readonly location: string;
  readonly tags: JsonObject | undefined;
  readonly addressPrefixes: readonly string[];
  readonly allocations: readonly WantedAllocation[];
  readonly subnets: readonly WantedSubnet[];
  /** Undefined: as they are. */
  readonly peerings: readonly WantedPeering[] | undefined;
  readonly otherProperties: JsonObject;
  readonly otherMembers: JsonObject;
}

const members = {
  addressSpace: ['addressPrefixes', 'ipamPoolPrefixAllocations'],
  allocation: ['numberOfIpAddresses', 'pool', 'allocatedAddressPrefixes'],
  pool: ['id'],
};

/** Members that we interpret, or that only Azure sets; all others are kept as sent. */
const virtualNetworkMembers = ['id', 'name', 'type', 'etag', 'location', 'tags', 'properties'];
const virtualNetworkProperties = [
  'addressSpace',
  'subnets',
  'virtualNetworkPeerings',
  'provisioningState',
  'resourceGuid',
  'flowLogs',
  'defaultPublicNatGateway',
];
const subnetMembers = ['id', 'name', 'type', 'etag', 'properties'];
const subnetProperties = [
  'addressPrefix',
  'addressPrefixes',
  'ipamPoolPrefixAllocations',
  ...userMembers,
  'provisioningState',
  'purpose',
];
const peeringProperties = [
  'remoteVirtualNetwork',
  'provisioningState',
  'peeringState',
  'peeringSyncLevel',
  'resourceGuid',
  'remoteAddressSpace',
  'remoteVirtualNetworkAddressSpace',
];

/** Reads members strictly where NRP does; positions count in the body as it would be written compactly. */
class StrictReader {
  readonly #text: string;

  constructor(body: unknown) {
    this.#text = JSON.stringify(body) ?? '';
  }

  only(value: JsonObject, known: readonly string[], type: string, path: string): void {
    const unknown = Object.keys(value).find((name) => !known.includes(name));
    if (unknown === undefined) return;
    const position = this.#text.indexOf(`${JSON.stringify(unknown)}:`) + unknown.length + 3;
    throw invalidRequestFormat(
      'InvalidJson',
      `Could not find member '${unknown}' on object of type '${type}'. Path '${path}.${unknown}', line 1, position ${position}.`,
    );
  }

  object(value: unknown, type: string, path: string): JsonObject {
    if (isObject(value)) return value;
    throw this.#wrongType(value, type, path);
  }

  /** An array, or nothing. */
  list(value: unknown, type: string, path: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    throw this.#wrongType(value, type, path);
  }

  prefixes(value: unknown, path: string): string[] {
    return this.list(value, 'String[]', path).map((item, index) => {
      if (typeof item === 'string') return item;
      throw this.#wrongType(item, 'String', `${path}[${index}]`);
    });
  }

  allocations(value: unknown, path: string): WantedAllocation[] {
    return this.list(value, 'IpamPoolPrefixAllocation[]', path).map((item, index) => {
      const at = `${path}[${index}]`;
      const entry = this.object(item, 'IpamPoolPrefixAllocation', at);
      this.only(entry, members.allocation, 'IpamPoolPrefixAllocation', at);
      const pool = this.object(entry['pool'], 'SubResource', `${at}.pool`);
      this.only(pool, members.pool, 'SubResource', `${at}.pool`);
      const count = entry['numberOfIpAddresses'] ?? undefined;
      if (typeof pool['id'] !== 'string') {
        throw this.#wrongType(pool['id'], 'String', `${at}.pool.id`);
      }
      if (count !== undefined && !/^\d{1,40}$/.test(String(count))) {
        throw this.#wrongType(count, 'String', `${at}.numberOfIpAddresses`);
      }
      return {
        poolId: pool['id'],
        numberOfIpAddresses: count === undefined ? undefined : String(count),
      };
    });
  }

  #wrongType(value: unknown, type: string, path: string): ArmError {
    return invalidRequestFormat(
      'InvalidJson',
      `Error converting value ${JSON.stringify(value) ?? 'null'} to type '${type}'. Path '${path}', line 1, position ${this.#text.length}.`,
    );
  }
}

function readSubnet(
  reader: StrictReader,
  value: JsonObject,
  name: string,
  at: string,
): WantedSubnet {
  const properties = objectAt(value, 'properties');
  const path = `${at}.properties`;
  const single = stringAt(properties, 'addressPrefix');
  const several = reader.prefixes(member(properties, 'addressPrefixes'), `${path}.addressPrefixes`);
  return {
    name,
    prefixMember: single === undefined ? 'addressPrefixes' : 'addressPrefix',
    hasBothPrefixMembers: single !== undefined && several.length > 0,
    addressPrefixes: single === undefined ? several : [single],
    allocations: reader.allocations(
      member(properties, 'ipamPoolPrefixAllocations'),
      `${path}.ipamPoolPrefixAllocations`,
    ),
    otherProperties: without(properties, subnetProperties),
    otherMembers: without(value, subnetMembers),
  };
}

function readSubnets(reader: StrictReader, value: unknown): WantedSubnet[] {
  const subnets = reader.list(value, 'Subnet[]', 'properties.subnets').map((item, index) => {
    const at = `properties.subnets[${index}]`;
    const subnet = reader.object(item, 'Subnet', at);
    const name = stringAt(subnet, 'name');
    if (name === undefined || name === '') {
      throw invalidRequestFormat(
        'MissingJsonReferenceId',
        `Value for name is missing. Path ${at}.`,
      );
    }
    return readSubnet(reader, subnet, name, at);
  });
  const names = subnets.map(({ name }) => name.toLowerCase());
  const twice = subnets.find(({ name }, index) => names.indexOf(name.toLowerCase()) !== index);
  if (twice !== undefined) {
    throw invalidRequestFormat(
      'DuplicateResourceName',
      `Resource name ${twice.name} is already used by another resource in the request. Path properties.subnets.`,
    );
  }
  return subnets;
}

export function readPeering(value: unknown, name: string): WantedPeering {
  const properties = objectAt(value, 'properties');
  const remote = stringAt(objectAt(properties, 'remoteVirtualNetwork'), 'id');
  if (remote === undefined) {
    throw invalidRequestFormat(
      'MissingJsonReferenceId',
      'Value for reference id is missing. Path properties.remoteVirtualNetwork.',
    );
  }
  return {
    name,
    remoteVirtualNetworkId: remote,
    otherProperties: without(properties, peeringProperties),
  };
}

/** Body of a subnet PUT. */
export function readSubnetBody(body: JsonObject, name: string, context: Versioned): WantedSubnet {
  const subnet = readSubnet(new StrictReader(body), body, name, '');
  refuseOldVersion(context, subnet.allocations.length > 0);
  return subnet;
}

/** Body of a VNet PUT. Members that only Azure sets are accepted and ignored. */
export function readVirtualNetworkBody(
  body: JsonObject,
  location: string,
  context: Versioned,
): WantedVirtualNetwork {
  const reader = new StrictReader(body);
  const properties = objectAt(body, 'properties');
  const addressSpace = member(properties, 'addressSpace') ?? {};
  const path = 'properties.addressSpace';
  const space = reader.object(addressSpace, 'AddressSpace', path);
  reader.only(space, members.addressSpace, 'AddressSpace', path);
  const allocations = reader.allocations(
    space['ipamPoolPrefixAllocations'],
    `${path}.ipamPoolPrefixAllocations`,
  );
  const subnets = readSubnets(reader, member(properties, 'subnets'));
  refuseOldVersion(
    context,
    [{ allocations }, ...subnets].some((holder) => holder.allocations.length > 0),
  );
  return {
    location,
    tags: readTags(body),
    addressPrefixes: reader.prefixes(space['addressPrefixes'], `${path}.addressPrefixes`),
    allocations,
    subnets,
    peerings: readPeerings(properties),
    otherProperties: without(properties, virtualNetworkProperties),
    otherMembers: without(body, virtualNetworkMembers),
  };
}

function readPeerings(properties: JsonObject | undefined): WantedPeering[] | undefined {
  const value = member(properties, 'virtualNetworkPeerings');
  if (!Array.isArray(value)) return undefined;
  return value.map((item: unknown) => readPeering(item, stringAt(item, 'name') ?? ''));
}

type Versioned = Pick<ArmContext, 'apiVersion' | 'azure'>;

/** The specification knows IPAM members from 2024-05-01 on, the service takes older versions too (azure-ipam 2.1). */
function refuseOldVersion({ apiVersion, azure }: Versioned, usesIpam: boolean): void {
  if (usesIpam && apiVersion.slice(0, 10) < azure.switches.earliestAllocationApiVersion) {
    throw new ArmError(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${apiVersion}' is invalid. The supported versions are '2026-01-01,2025-09-01,2025-07-01,2025-05-01,2025-03-01,2025-01-01,2024-10-01,2024-07-01,2024-05-01'.`,
      'gateway',
    );
  }
}

/** Ids of all pools that a body of a VNet or subnet names, each once: the linked scopes of its RBAC check. */
export function poolIdsIn(body: unknown): string[] {
  const properties = objectAt(body, 'properties');
  const holders = [
    objectAt(properties, 'addressSpace'),
    properties,
    ...arrayAt(properties, 'subnets').map((subnet) => objectAt(subnet, 'properties')),
  ];
  const ids = holders
    .flatMap((holder) => arrayAt(holder, 'ipamPoolPrefixAllocations'))
    .map((entry) => stringAt(objectAt(entry, 'pool'), 'id'))
    .filter((id) => id !== undefined);
  return [...new Map(ids.map((id) => [id.toLowerCase(), id])).values()];
}

/** The tags of a PATCH. */
export function readTags(body: JsonObject): JsonObject | undefined {
  const tags = objectAt(body, 'tags');
  if (tags !== undefined && Object.values(tags).some((value) => typeof value !== 'string')) {
    throw refused('InvalidTags', 'The values of tags must be strings.');
  }
  return tags && Object.keys(tags).length > 0 ? tags : undefined;
}
