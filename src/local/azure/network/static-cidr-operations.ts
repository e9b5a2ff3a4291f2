import { totalAddressCount } from '../../../model/prefixes.ts';
import {
  type ArmAnswer,
  type ArmContext,
  ArmError,
  type ArmOperation,
  type AzureServices,
} from '../contracts.ts';
import { takePrefixes } from './allocator.ts';
import { nameOf } from './arm-ids.ts';
import { ipamRefused, parentResourceNotFound } from './errors.ts';
import { requireName } from './names.ts';
import { poolPath, requirePool } from './pool-operations.ts';
import { freePrefixes, mayTake, staticCidrsOf } from './pool-space.ts';
import { prefixError } from './prefix-checks.ts';
import { collections, type JsonObject, type PoolRecord, type StaticCidrRecord } from './records.ts';
import { bodyOf, objectAt, parameter, stringAt, stringsAt } from './request-values.ts';

const staticCidrPath = `${poolPath}/staticCidrs/{staticCidr}`;

/** The requested number is echoed as "" (azure-ipam 6.5). */
const view = (cidr: StaticCidrRecord): JsonObject => ({
  name: nameOf(cidr.id),
  type: 'Microsoft.Network/networkManagers/ipamPools/staticCidrs',
  properties: {
    description: cidr.description,
    numberOfIPAddressesToAllocate: '',
    addressPrefixes: cidr.addressPrefixes,
    totalNumberOfIPAddresses: String(totalAddressCount(cidr.addressPrefixes)),
    provisioningState: 'Succeeded',
  },
  id: cidr.id,
  systemData: {
    createdBy: null,
    createdByType: null,
    createdAt: new Date(cidr.createdAt).toISOString(),
    lastModifiedBy: null,
  },
});

const idIn = (context: ArmContext, pool: PoolRecord): string =>
  `${pool.id}/staticCidrs/${parameter(context, 'staticCidr')}`;

const cidrOf = (services: AzureServices, id: string): StaticCidrRecord | undefined =>
  services.store.get<StaticCidrRecord>(collections.staticCidrs, id);

/** Adds a static CIDR by prefix; what lies outside the pool or is taken is refused. */
export function addStaticCidr(
  services: AzureServices,
  pool: PoolRecord,
  cidr: {
    readonly name: string;
    readonly description: string;
    readonly addressPrefixes: readonly string[];
  },
): StaticCidrRecord {
  const id = `${pool.id}/staticCidrs/${cidr.name}`;
  for (const prefix of cidr.addressPrefixes) {
    const error = prefixError(prefix, id);
    if (error !== undefined) throw ipamRefused(error.message);
  }
  const verdict = mayTake(services, pool, cidr.addressPrefixes, id);
  if (verdict !== 'yes') {
    const why = verdict === 'outside' ? 'are not in the scope of' : 'are already allocated in';
    throw ipamRefused(`The address prefixes of static CIDR '${id}' ${why} pool '${pool.id}'.`);
  }
  const record: StaticCidrRecord = {
    id,
    poolId: pool.id,
    description: cidr.description,
    addressPrefixes: cidr.addressPrefixes,
    createdAt: services.clock.now(),
  };
  services.store.put(collections.staticCidrs, id, record);
  return record;
}

function prefixesByCount(context: ArmContext, pool: PoolRecord, number: string): string[] {
  const count = /^\d{1,40}$/.test(number) ? BigInt(number) : 0n;
  if (count < 1n || (count & (count - 1n)) !== 0n) {
    throw ipamRefused(`The number of IP addresses to allocate must be a power of two: ${number}.`);
  }
  const fit = context.azure.switches.allocationFit;
  const prefixes = takePrefixes(freePrefixes(context.azure, pool), pool.family, count, fit);
  if (prefixes !== undefined) return prefixes;
  throw ipamRefused(
    `Pool '${pool.id}' does not have enough free addresses to allocate ${number}.`,
    context.azure.switches.poolExhausted.status,
  );
}

function requireParentPool(context: ArmContext): PoolRecord {
  try {
    return requirePool(context);
  } catch (error) {
    if (!(error instanceof ArmError) || error.service !== 'gateway') throw error;
    const poolId = context.path.split('/').slice(0, -2).join('/');
    throw parentResourceNotFound('networkManagers/ipamPools/staticCidrs', poolId);
  }
}

function put(context: ArmContext): ArmAnswer {
  const properties = objectAt(bodyOf(context), 'properties');
  const pool = requireParentPool(context);
  requireName(parameter(context, 'staticCidr'), 'ipam');
  const before = cidrOf(context.azure, idIn(context, pool));
  const number = stringAt(properties, 'numberOfIPAddressesToAllocate') ?? '';
  const given = stringsAt(properties, 'addressPrefixes');
  const description = stringAt(properties, 'description') ?? '';
  if (given.length === 0 && number === '' && before === undefined) {
    throw ipamRefused(
      'A static CIDR needs either addressPrefixes or numberOfIPAddressesToAllocate.',
    );
  }
  if (before !== undefined) {
    // A static CIDR keeps its space: the same PUT again must not move it.
    const same = given.length === 0 || given.join() === before.addressPrefixes.join();
    if (!same)
      throw ipamRefused(`The address prefixes of static CIDR '${before.id}' cannot be changed.`);
    const record = { ...before, description };
    context.azure.store.put(collections.staticCidrs, before.id, record);
    return { status: 200, body: view(record) };
  }
  const record = addStaticCidr(context.azure, pool, {
    name: parameter(context, 'staticCidr'),
    description,
    addressPrefixes: given.length > 0 ? given : prefixesByCount(context, pool, number),
  });
  return { status: 200, body: view(record) };
}

function get(context: ArmContext): ArmAnswer {
  const id = idIn(context, requirePool(context));
  const cidr = cidrOf(context.azure, id);
  if (cidr !== undefined) return { status: 200, body: view(cidr) };
  throw ipamRefused(`Static CIDR resource '${id}' not found.`, 404, 'NotFound');
}

function list(context: ArmContext): ArmAnswer {
  const skip = Number(context.query.get('skip') ?? 0);
  const top = Number(context.query.get('top') ?? Number.MAX_SAFE_INTEGER);
  const cidrs = staticCidrsOf(context.azure, requirePool(context)).slice(skip, skip + top);
  return { status: 200, body: { value: cidrs.map(view), nextLink: '' } };
}

function remove(context: ArmContext): ArmAnswer {
  context.azure.store.delete(collections.staticCidrs, idIn(context, requirePool(context)));
  return { status: 204 };
}

const common = { service: 'ipam' } as const;
const resource = 'Microsoft.Network/networkManagers/ipamPools/staticCidrs';

export const staticCidrOperations: readonly ArmOperation[] = [
  {
    ...common,
    name: 'StaticCidrs_Create',
    method: 'PUT',
    path: staticCidrPath,
    action: `${resource}/write`,
    handle: put,
  },
  {
    ...common,
    name: 'StaticCidrs_Get',
    method: 'GET',
    path: staticCidrPath,
    action: `${resource}/read`,
    handle: get,
  },
  {
    ...common,
    name: 'StaticCidrs_Delete',
    method: 'DELETE',
    path: staticCidrPath,
    action: `${resource}/delete`,
    handle: remove,
  },
  {
    ...common,
    name: 'StaticCidrs_List',
    method: 'GET',
    path: `${poolPath}/staticCidrs`,
    action: `${resource}/read`,
    handle: list,
  },
];
