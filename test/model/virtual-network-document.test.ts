import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addAllocations,
  dropAllocations,
  droppedAllocations,
  parseDroppedAllocations,
  readdAllocations,
  singularSubnets,
  takeAllocationsOut,
  type VirtualNetworkDocument,
} from '../../src/model/virtual-network-document.ts';

// biome-ignore lint/suspicious/noExplicitAny: wire JSON, written by the tests themselves
type Json = Record<string, any>;

const poolOf = (name: string) =>
  `/subscriptions/a/resourceGroups/rg/providers/Microsoft.Network/networkManagers/nm/ipamPools/${name}`;
/** Pools of the change; those of the generated VNets have other names. */
const ours = [poolOf('ours-4'), poolOf('ours-6')];
const added = [
  { poolId: poolOf('ours-4'), numberOfIpAddresses: '256' },
  { poolId: poolOf('ours-6'), numberOfIpAddresses: '340282366920938463463374607431768211456' },
];

/** Members that nobody knows: any name that means nothing here, any JSON below it. */
const unknownMembers = fc.dictionary(
  fc.stringMatching(/^x-[a-z]{1,6}$/),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 3 },
);
const prefix = fc
  .tuple(fc.nat(255), fc.integer({ min: 16, max: 29 }))
  .map(([octet, length]) => `10.${octet}.0.0/${length}`);
const withUnknown = <T extends object>(known: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.tuple(known, unknownMembers).map(([value, more]) => ({ ...more, ...value }));

const allocation = withUnknown(
  fc.record({
    numberOfIpAddresses: fc.nat().map(String),
    pool: withUnknown(fc.record({ id: fc.constantFrom(poolOf('other'), poolOf('another')) })),
    allocatedAddressPrefixes: fc.array(prefix, { maxLength: 2 }),
  }),
);
const allocations = fc.uniqueArray(allocation, {
  maxLength: 2,
  selector: ({ pool }) => pool.id,
});
const addresses = fc.oneof(
  fc.record({ addressPrefix: prefix }),
  fc.record({ addressPrefixes: fc.array(prefix, { minLength: 1, maxLength: 2 }) }),
  fc.record({
    addressPrefixes: fc.array(prefix, { minLength: 1, maxLength: 2 }),
    ipamPoolPrefixAllocations: allocations,
  }),
);
const subnets = fc.uniqueArray(
  withUnknown(
    fc.record({ name: fc.stringMatching(/^[a-z]{1,5}$/), properties: withUnknown(addresses) }),
  ),
  { selector: ({ name }) => name, maxLength: 4 },
);
const documents = withUnknown(
  fc.record({
    id: fc.constant('/subscriptions/b/virtualNetworks/v'),
    location: fc.constant('centralus'),
    tags: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string()),
    properties: withUnknown(
      fc.record({
        addressSpace: withUnknown(
          fc.record({
            addressPrefixes: fc.array(prefix, { minLength: 1, maxLength: 3 }),
            ipamPoolPrefixAllocations: allocations,
          }),
        ),
        subnets,
        virtualNetworkPeerings: fc.array(unknownMembers, { maxLength: 2 }),
      }),
    ),
  }),
) as fc.Arbitrary<VirtualNetworkDocument>;

/** Everything but the members that the changes are about. */
function rest(document: VirtualNetworkDocument): unknown {
  const copy = structuredClone(document) as Json;
  delete copy['properties'].addressSpace.ipamPoolPrefixAllocations;
  for (const subnet of copy['properties'].subnets) {
    delete subnet.properties.ipamPoolPrefixAllocations;
    delete subnet.properties.addressPrefix;
    delete subnet.properties.addressPrefixes;
  }
  return copy;
}

/** Prefixes of each subnet, however it names them. */
const subnetPrefixes = (document: VirtualNetworkDocument) =>
  (document as Json)['properties'].subnets.map(({ name, properties }: Json) => [
    name,
    properties.addressPrefixes ?? [properties.addressPrefix],
  ]);

const property = (check: (document: VirtualNetworkDocument) => void) =>
  fc.assert(fc.property(documents, check));

describe('adding allocations', () => {
  it('changes nothing but the allocations of the VNet and the form of subnets', () => {
    property((document) => {
      const before = structuredClone(document);
      const after = addAllocations(document, added) as Json;
      expect(document).toEqual(before);
      expect(rest(after)).toEqual(rest(document));
      expect(subnetPrefixes(after)).toEqual(subnetPrefixes(document));
      expect(singularSubnets(after)).toEqual([]);
      expect(after['properties'].addressSpace.ipamPoolPrefixAllocations).toEqual([
        ...(document as Json)['properties'].addressSpace.ipamPoolPrefixAllocations,
        { numberOfIpAddresses: '256', pool: { id: ours[0] } },
        {
          numberOfIpAddresses: '340282366920938463463374607431768211456',
          pool: { id: ours[1] },
        },
      ]);
    });
  });

  it('and taking them out again gives the original', () => {
    property((document) => {
      const there = addAllocations(document, added);
      expect(takeAllocationsOut(there, ours, singularSubnets(document))).toEqual(document);
    });
  });

  it('a second time adds nothing', () => {
    property((document) => {
      const once = addAllocations(document, added);
      expect(addAllocations(once, added)).toEqual(once);
    });
  });

  it('leaves one member for the prefix of a subnet that answered both', () => {
    const document = {
      properties: {
        addressSpace: {},
        subnets: [
          {
            name: 's',
            properties: { addressPrefix: '10.0.0.0/28', addressPrefixes: ['10.0.0.0/28'] },
          },
        ],
      },
    };
    expect(addAllocations(document, [])).toEqual({
      properties: {
        addressSpace: {},
        subnets: [{ name: 's', properties: { addressPrefixes: ['10.0.0.0/28'] } }],
      },
    });
  });
});

describe('taking allocations out', () => {
  const associated = (subnet: object) => ({
    properties: {
      addressSpace: {
        addressPrefixes: ['10.0.0.0/24'],
        ipamPoolPrefixAllocations: [{ pool: { id: poolOf('OURS-4') } }],
      },
      subnets: [{ name: 'App', properties: subnet }],
    },
  });

  it('compares pool ids and names of subnets whatever their case, and writes the empty list out', () => {
    expect(
      takeAllocationsOut(associated({ addressPrefixes: ['10.0.0.0/28'] }), ours, ['app']),
    ).toEqual({
      properties: {
        addressSpace: { addressPrefixes: ['10.0.0.0/24'], ipamPoolPrefixAllocations: [] },
        subnets: [{ name: 'App', properties: { addressPrefix: '10.0.0.0/28' } }],
      },
    });
  });

  it('takes those of subnets too: Azure accepts none there without one of the VNet', () => {
    const taken = takeAllocationsOut(
      associated({
        addressPrefixes: ['10.0.0.0/28'],
        ipamPoolPrefixAllocations: [{ pool: { id: ours[0] } }],
      }),
      ours,
      [],
    ) as Json;
    expect(taken['properties'].subnets[0].properties).toEqual({
      addressPrefixes: ['10.0.0.0/28'],
      ipamPoolPrefixAllocations: [],
    });
  });

  it('keeps the plural form of a subnet that has got another prefix meanwhile', () => {
    const subnet = { addressPrefixes: ['10.0.0.0/28', '10.0.0.16/28'] };
    const taken = takeAllocationsOut(associated(subnet), ours, ['App']) as Json;
    expect(taken['properties'].subnets[0].properties).toEqual(subnet);
  });
});

it('a subnet that has an allocation of another pool by now keeps the plural form that it needs', () => {
  const subnet = {
    addressPrefixes: ['10.0.0.0/28'],
    ipamPoolPrefixAllocations: [{ pool: { id: poolOf('other') } }],
  };
  const document = { properties: { subnets: [{ name: 's', properties: subnet }] } };
  expect(takeAllocationsOut(document, ours, ['s'])).toEqual(document);
});

/** Without what only the pool answers. */
function asked(document: VirtualNetworkDocument): unknown {
  return JSON.parse(JSON.stringify(document), (key, value) =>
    key === 'allocatedAddressPrefixes' ? undefined : value,
  );
}

const plural = (document: VirtualNetworkDocument) => addAllocations(document, []);

describe('dropping all allocations', () => {
  it('changes nothing else, and leaves none', () => {
    property((document) => {
      const after = dropAllocations(document);
      expect(rest(after)).toEqual(rest(document));
      expect(subnetPrefixes(after)).toEqual(subnetPrefixes(document));
      expect(droppedAllocations(after)).toEqual({ virtualNetwork: [], subnets: [] });
    });
  });

  it('and adding them again, by what was kept of them, asks for the original', () => {
    property((document) => {
      const kept = parseDroppedAllocations(JSON.stringify(droppedAllocations(document)));
      const again = readdAllocations(dropAllocations(document), kept);
      // The form of subnets changes only where an allocation demands it.
      const expected = kept.virtualNetwork.length > 0 ? plural(document) : document;
      expect(asked(again)).toEqual(asked(expected));
    });
  });

  it('keeps what somebody has changed between dropping and adding', () => {
    const document = {
      properties: {
        addressSpace: { ipamPoolPrefixAllocations: [{ pool: { id: ours[0] }, x: 1 }] },
        subnets: [
          { name: 'a', properties: { ipamPoolPrefixAllocations: [{ pool: { id: ours[0] } }] } },
          { name: 'gone', properties: { ipamPoolPrefixAllocations: [{ pool: { id: ours[0] } }] } },
        ],
      },
    };
    const kept = droppedAllocations(document);
    const changed = {
      properties: {
        addressSpace: { ipamPoolPrefixAllocations: [] },
        subnets: [
          { name: 'A', properties: { addressPrefixes: ['10.0.0.0/28'] } },
          { name: 'new', properties: {} },
        ],
        dhcpOptions: {},
      },
    };
    expect(readdAllocations(changed, kept)).toEqual({
      properties: {
        addressSpace: { ipamPoolPrefixAllocations: [{ pool: { id: ours[0] }, x: 1 }] },
        subnets: [
          {
            name: 'A',
            properties: {
              addressPrefixes: ['10.0.0.0/28'],
              ipamPoolPrefixAllocations: [{ pool: { id: ours[0] } }],
            },
          },
          { name: 'new', properties: {} },
        ],
        dhcpOptions: {},
      },
    });
  });
});

it('what is there again is not added, and no subnet changes its form for it', () => {
  property((document) => {
    expect(readdAllocations(document, droppedAllocations(document))).toEqual(document);
  });
});

it('nothing that was kept is nothing to add', () => {
  const document = { properties: { addressSpace: { addressPrefixes: ['10.0.0.0/24'] } } };
  expect(readdAllocations(document, parseDroppedAllocations(undefined))).toEqual(document);
});
