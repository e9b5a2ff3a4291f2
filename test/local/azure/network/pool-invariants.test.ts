import fc from 'fast-check';
import { expect, test } from 'vitest';
import { containsAll, overlaps, totalAddressCount } from '../../../../src/model/prefixes.ts';
import { type Answer, networkPath, TestNetwork } from './test-network.ts';

const names = ['a', 'b', 'c', 'd'];

const command = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      name: fc.constantFrom(...names),
      count: fc.integer({ min: 1, max: 20_000 }),
      subnets: fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), name: fc.constantFrom(...names) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(20_000) }) },
);

interface Held {
  /** Addresses that the VNet holds. */
  readonly count: bigint;
}

const multipleOfEight = (count: number): bigint => BigInt(Math.ceil(count / 8) * 8);

const prefixesIn = (answer: Answer): string[] =>
  answer.body.properties.addressSpace.addressPrefixes;

/** Everything that must hold whatever was done. */
function checkInvariants(azure: TestNetwork, held: ReadonlyMap<string, Held>): void {
  const associations = azure.associations();
  expect(Object.keys(associations).sort()).toEqual([...held.keys()].sort());
  const usage = azure.usage();
  const available = usage['availableAddressPrefixes'] as string[];
  let seen: string[] = [];
  let total = 0n;
  for (const [name, { count }] of held) {
    const answer = azure.call('GET', networkPath(name));
    const prefixes = prefixesIn(answer);
    expect(associations[name]).toEqual(prefixes);
    expect(totalAddressCount(prefixes)).toBe(count);
    expect(containsAll(['10.0.0.0/16'], prefixes)).toBe(true);
    expect(overlaps(prefixes, seen)).toBe(false);
    expect(overlaps(prefixes, available)).toBe(false);
    seen = [...seen, ...prefixes];
    total += count;
    checkSubnets(answer, prefixes);
  }
  expect(usage['numberOfAllocatedIPAddresses']).toBe(String(total));
  expect(usage['numberOfAvailableIPAddresses']).toBe(String(65_536n - total));
  expect(totalAddressCount(available)).toBe(65_536n - total);
}

function checkSubnets(answer: Answer, prefixes: readonly string[]): void {
  let seen: string[] = [];
  for (const { properties } of answer.body.properties.subnets) {
    const [entry] = properties.ipamPoolPrefixAllocations;
    expect(containsAll(prefixes, properties.addressPrefixes)).toBe(true);
    expect(overlaps(properties.addressPrefixes, seen)).toBe(false);
    expect(totalAddressCount(properties.addressPrefixes)).toBe(
      multipleOfEight(Number(entry.numberOfIpAddresses)),
    );
    seen = [...seen, ...properties.addressPrefixes];
  }
}

test('whatever is created, grown, refused and deleted: no overlap, exact sizes, usage that adds up', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
      const azure = new TestNetwork();
      const held = new Map<string, Held>();
      for (const step of commands) {
        if (step.kind === 'wait') azure.clock.advance(step.ms);
        if (step.kind === 'delete') {
          azure.finish();
          const { status } = azure.call('DELETE', networkPath(step.name));
          expect(status).toBe(held.has(step.name) ? 202 : 204);
          azure.finish();
          held.delete(step.name);
        }
        if (step.kind === 'put') {
          const subnets = Object.fromEntries(
            step.subnets.map((count, index) => [`s${index}`, count]),
          );
          const answer = azure.allocate(step.name, step.count, { subnets });
          if (answer.status < 300) held.set(step.name, { count: multipleOfEight(step.count) });
          else expect([400, 409]).toContain(answer.status);
        }
        checkInvariants(azure, held);
      }
    }),
    { numRuns: 60 },
  );
});

test('a pool can be given away to the last address, and a full one refuses', () => {
  const azure = new TestNetwork();
  for (let index = 0; index < 256; index += 1) {
    expect(azure.allocate(`v${index}`, 256).status).toBe(201);
  }
  expect(azure.usage()).toMatchObject({
    allocatedAddressPrefixes: ['10.0.0.0/16'],
    availableAddressPrefixes: [],
    numberOfAvailableIPAddresses: '0',
  });
  expect(azure.allocate('one-more', 8).status).toBe(400);
});
