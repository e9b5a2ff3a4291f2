import { z } from 'zod';
import type { Outcome } from '../model/outcome.ts';
import { parsePoolId } from './arm-ids.ts';
import type { PoolAssociation, PoolUsage, PoolView } from './azure.ts';
import type { StaticCidr } from './azure-reads.ts';
import { collect } from './collect.ts';
import type { ArmCall, CrossTenantClient } from './cross-tenant-client.ts';
import { locationSchema, parseAnswer, stringsSchema } from './parse-answer.ts';

const countSchema = z.string().regex(/^\d+$/, 'must be a decimal number');

const poolSchema = z
  .object({
    location: locationSchema,
    properties: z.object({
      ipAddressType: z.tuple([z.enum(['IPv4', 'IPv6'])]),
      addressPrefixes: stringsSchema,
    }),
  })
  .transform(
    ({ location, properties }): PoolView => ({
      location,
      family: properties.ipAddressType[0],
      addressPrefixes: properties.addressPrefixes,
    }),
  );

const usageSchema = z
  .object({
    addressPrefixes: stringsSchema,
    availableAddressPrefixes: stringsSchema,
    allocatedAddressPrefixes: stringsSchema,
    reservedAddressPrefixes: stringsSchema,
    childPools: z
      .array(z.object({ resourceId: z.string(), addressPrefixes: stringsSchema }))
      .nullish(),
    numberOfAllocatedIPAddresses: countSchema,
    numberOfAvailableIPAddresses: countSchema,
    totalNumberOfIPAddresses: countSchema,
  })
  .transform(
    (usage): PoolUsage => ({
      addressPrefixes: usage.addressPrefixes,
      availableAddressPrefixes: usage.availableAddressPrefixes,
      allocatedAddressPrefixes: usage.allocatedAddressPrefixes,
      reservedAddressPrefixes: usage.reservedAddressPrefixes,
      childPools: (usage.childPools ?? []).map(({ resourceId, addressPrefixes }) => ({
        resourceId,
        prefixes: addressPrefixes,
      })),
      numberOfAllocatedIpAddresses: usage.numberOfAllocatedIPAddresses,
      numberOfAvailableIpAddresses: usage.numberOfAvailableIPAddresses,
      totalNumberOfIpAddresses: usage.totalNumberOfIPAddresses,
    }),
  );

const associationsSchema = z.array(
  z
    .object({
      resourceId: z.string().min(1),
      addressPrefixes: stringsSchema,
      reservedPrefixes: stringsSchema,
    })
    .transform(
      ({ resourceId, addressPrefixes, reservedPrefixes }): PoolAssociation => ({
        resourceId,
        prefixes: addressPrefixes,
        ...(reservedPrefixes.length === 0 ? {} : { reservedPrefixes }),
      }),
    ),
);

const staticCidrsSchema = z.array(
  z
    .object({
      id: z.string(),
      name: z.string(),
      properties: z.object({ addressPrefixes: stringsSchema }).nullish(),
    })
    .transform(
      ({ id, name, properties }): StaticCidr => ({
        id,
        name,
        prefixes: properties?.addressPrefixes ?? [],
      }),
    ),
);

/** Reads pools with the management tenant's token as primary one. */
export class IpamPools {
  readonly #arm: CrossTenantClient;
  readonly #tenantId: string;

  constructor(arm: CrossTenantClient, managementTenantId: string) {
    this.#arm = arm;
    this.#tenantId = managementTenantId;
  }

  /** See `Azure.getPool`. */
  async get(poolId: string): Promise<Outcome<PoolView>> {
    const { resourceGroup, networkManager, pool } = parsePoolId(poolId);
    const call = this.#callOf('Reading', poolId);
    const got = await this.#arm.call(call, ({ network }, onResponse) =>
      network.ipamPools.get(resourceGroup, networkManager, pool, { onResponse }),
    );
    if (!got.ok) return got;
    return parseAnswer(poolSchema, got.value.value, this.#arm.contextOf(call), got.value.answer);
  }

  /** See `Azure.getPoolUsage`. */
  async usage(poolId: string): Promise<Outcome<PoolUsage>> {
    const { resourceGroup, networkManager, pool } = parsePoolId(poolId);
    const call = this.#callOf('Reading the usage of', poolId);
    const got = await this.#arm.call(call, ({ network }, onResponse) =>
      network.ipamPools.getPoolUsage(resourceGroup, networkManager, pool, { onResponse }),
    );
    if (!got.ok) return got;
    return parseAnswer(usageSchema, got.value.value, this.#arm.contextOf(call), got.value.answer);
  }

  /** See `Azure.listPoolAssociations`. */
  async associations(poolId: string): Promise<Outcome<readonly PoolAssociation[]>> {
    const { resourceGroup, networkManager, pool } = parsePoolId(poolId);
    const call = this.#callOf('Listing the associations of', poolId);
    const got = await this.#arm.call(call, ({ network }, onResponse) =>
      collect(
        network.ipamPools.listAssociatedResources(resourceGroup, networkManager, pool, {
          onResponse,
        }),
      ),
    );
    if (!got.ok) return got;
    const { value, answer } = got.value;
    return parseAnswer(associationsSchema, value, this.#arm.contextOf(call), answer);
  }

  /** See `AzureReads.listStaticCidrs`. */
  async staticCidrs(poolId: string): Promise<Outcome<readonly StaticCidr[]>> {
    const { resourceGroup, networkManager, pool } = parsePoolId(poolId);
    const call = this.#callOf('Listing the static CIDRs of', poolId);
    const got = await this.#arm.call(call, ({ network }, onResponse) =>
      collect(network.staticCidrs.list(resourceGroup, networkManager, pool, { onResponse })),
    );
    if (!got.ok) return got;
    const { value, answer } = got.value;
    return parseAnswer(staticCidrsSchema, value, this.#arm.contextOf(call), answer);
  }

  #callOf(verb: string, poolId: string): ArmCall {
    const { pool, subscriptionId } = parsePoolId(poolId);
    return { doing: `${verb} pool '${pool}'`, tenantId: this.#tenantId, subscriptionId };
  }
}
