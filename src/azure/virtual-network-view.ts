import { z } from 'zod';
import type { SubnetUser, VirtualNetworkView } from './azure.ts';
import { locationSchema, stringsSchema } from './parse-answer.ts';

const listOf = <T>(item: z.ZodType<T>) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

const allocationsSchema = listOf(
  z
    .object({
      pool: z.object({ id: z.string() }),
      numberOfIpAddresses: z.string().nullish(),
      allocatedAddressPrefixes: stringsSchema,
    })
    .transform(({ pool, numberOfIpAddresses, allocatedAddressPrefixes }) => ({
      poolId: pool.id,
      numberOfIpAddresses: numberOfIpAddresses ?? '',
      prefixes: allocatedAddressPrefixes,
    })),
);

/** Links name the resource behind them; their own id says no more than the subnet's. */
const linksSchema = listOf(
  z
    .object({
      id: z.string().nullish(),
      name: z.string().nullish(),
      properties: z
        .object({ link: z.string().nullish(), linkedResourceType: z.string().nullish() })
        .nullish(),
    })
    .transform(
      ({ id, name, properties }) =>
        properties?.link || id || properties?.linkedResourceType || name || 'a link without a name',
    ),
);

const referencesSchema = listOf(z.object({ id: z.string() }).transform(({ id }) => id));

const subnetSchema = z
  .object({
    name: z.string(),
    properties: z.object({
      addressPrefix: z.string().nullish(),
      addressPrefixes: stringsSchema,
      ipamPoolPrefixAllocations: allocationsSchema,
      ipConfigurations: referencesSchema,
      // Of application gateways and of network profiles; they are not among the others.
      applicationGatewayIPConfigurations: linksSchema,
      ipConfigurationProfiles: linksSchema,
      privateEndpoints: referencesSchema,
      serviceAssociationLinks: linksSchema,
      resourceNavigationLinks: linksSchema,
    }),
  })
  .transform(({ name, properties }): VirtualNetworkView['subnets'][number] => ({
    name,
    // A plain subnet answers the one member or the other, as it was made.
    addressPrefixes: properties.addressPrefix
      ? [properties.addressPrefix]
      : properties.addressPrefixes,
    allocations: properties.ipamPoolPrefixAllocations,
    users: [
      ...usersOf('ipConfiguration', properties.ipConfigurations),
      ...usersOf('ipConfiguration', properties.applicationGatewayIPConfigurations),
      ...usersOf('ipConfiguration', properties.ipConfigurationProfiles),
      ...usersOf('privateEndpoint', properties.privateEndpoints),
      ...usersOf('serviceAssociationLink', properties.serviceAssociationLinks),
      ...usersOf('resourceNavigationLink', properties.resourceNavigationLinks),
    ],
  }));

const usersOf = (kind: SubnetUser['kind'], ids: readonly string[]): SubnetUser[] =>
  ids.map((id) => ({ kind, id }));

/** A VNet as Azure writes it (azure-ipam 6.6), in the form that the workflow reads. */
export const virtualNetworkSchema = z
  .object({
    id: z.string(),
    location: locationSchema,
    etag: z.string(),
    tags: z.record(z.string(), z.string()).nullish(),
    properties: z.object({
      resourceGuid: z.string().min(1),
      provisioningState: z.string(),
      addressSpace: z
        .object({ addressPrefixes: stringsSchema, ipamPoolPrefixAllocations: allocationsSchema })
        .nullish(),
      subnets: listOf(subnetSchema),
      virtualNetworkPeerings: listOf(
        z.object({
          name: z.string(),
          properties: z.object({ remoteVirtualNetwork: z.object({ id: z.string() }).nullish() }),
        }),
      ),
    }),
  })
  .transform(
    ({ id, location, etag, tags, properties }): VirtualNetworkView => ({
      id,
      resourceGuid: properties.resourceGuid,
      location,
      etag,
      provisioningState: properties.provisioningState,
      tags: tags ?? {},
      addressPrefixes: properties.addressSpace?.addressPrefixes ?? [],
      allocations: properties.addressSpace?.ipamPoolPrefixAllocations ?? [],
      subnets: properties.subnets,
      peerings: properties.virtualNetworkPeerings.map((peering) => ({
        name: peering.name,
        remoteId: peering.properties.remoteVirtualNetwork?.id ?? '',
      })),
    }),
  );
