import { type Person, requesters, resourceGroups, tenants } from './landscape.ts';
import type { Random } from './random.ts';
import type { Network } from './world.ts';

type Json = Readonly<Record<string, unknown>>;
export type Operation = 'allocate' | 'associate' | 'remove';

/** A message as somebody sends it, and what the oracle knows of it by how it was made. */
export interface MadeMessage {
  readonly messageId: string;
  readonly body: Uint8Array;
  /** Set when no receiver may take it, whatever happened before. */
  readonly isBad: boolean;
}

/** A request that was sent, as its sender means it. */
export interface MadeRequest extends Json {
  readonly id: string;
  readonly operation: Operation;
  readonly requester: Partial<Person>;
  readonly dryRun?: boolean;
  readonly target: Readonly<Record<string, string>>;
}

/** Few names, so that requests meet. */
export const networkNames = ['vnet-a', 'vnet-b', 'vnet-c', 'vnet-old', 'vnet-plain'] as const;

export const encode = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** Makes requests of all kinds that a receiver must accept. */
export class RequestMaker {
  readonly #random: Random;
  readonly #operations: readonly Operation[];
  readonly #networks: () => readonly Network[];
  #serial = 0;
  #isCrowded = false;

  constructor(
    random: Random,
    operations: readonly Operation[],
    networks: () => readonly Network[],
  ) {
    this.#networks = networks;
    this.#random = random;
    this.#operations = operations;
  }

  /** Whether all want the same few VNets. */
  crowd(isCrowded: boolean): void {
    this.#isCrowded = isCrowded;
  }

  request(): MadeRequest {
    const random = this.#random;
    const operation = random.pick(this.#operations);
    const requester = random.pick(requesters);
    const shape = {
      id: `REQ-${++this.#serial}`,
      operation,
      // Some senders do not say by ids who asks; then nobody can approve.
      requester: random.chance(0.05) ? { name: requester.name } : requester,
      reason: 'simulated',
      ...(random.chance(0.06) ? { dryRun: true } : {}),
    };
    switch (operation) {
      case 'allocate':
        return { ...shape, ...this.#allocation() };
      case 'associate':
        return {
          ...shape,
          target: this.#existing(({ allocations }) => allocations.length === 0),
          pools: [random.pick(['narrow', ...Array<string>(9).fill('wide')])],
        };
      case 'remove':
        return { ...shape, ...this.#removal() };
    }
  }

  #target(names: readonly string[] = networkNames): Record<string, string> {
    const tenant = !this.#isCrowded && this.#random.chance(0.7) ? 'fabrikam' : 'northwind';
    const { subscriptionId } = tenants[tenant];
    const resourceGroup =
      this.#isCrowded || this.#random.chance(0.9) ? resourceGroups[0] : resourceGroups[1];
    return { tenant, subscriptionId, resourceGroup, virtualNetwork: this.#random.pick(names) };
  }

  /** Mostly a VNet that is there: people look before they ask. */
  #existing(suits: (network: Network) => boolean): Record<string, string> {
    const suitable = this.#networks()
      .filter(suits)
      .slice(this.#isCrowded ? -2 : 0);
    if (suitable.length === 0 || this.#random.chance(0.15)) return this.#target();
    const [, , subscriptionId = '', , resourceGroup = '', , , , virtualNetwork = ''] = this.#random
      .pick(suitable)
      .id.split('/');
    const isFabrikam = subscriptionId === tenants.fabrikam.subscriptionId;
    return {
      tenant: isFabrikam ? 'fabrikam' : 'northwind',
      subscriptionId,
      resourceGroup,
      virtualNetwork,
    };
  }

  #allocation() {
    const random = this.#random;
    const count = random.pick([16, 64, 64, 128, 200]);
    const pool = random.pick(['narrow', 'wide', 'wide', 'west']);
    const six = pool === 'wide' && random.chance(0.2);
    const location = pool === 'west' ? 'westus' : 'centralus';
    return {
      target: { ...this.#target(['vnet-a', 'vnet-b', 'vnet-c']), location },
      allocations: [
        { pool, numberOfIpAddresses: count },
        ...(six ? [{ pool: 'six', prefixLength: random.pick([56, 52]) }] : []),
      ],
      subnets: random.chance(0.6) ? [{ name: 'app', numberOfIpAddresses: 8 }] : [],
      tags: { costCentre: String(random.between(1, 99)) },
    };
  }

  #removal() {
    const random = this.#random;
    const mode = random.chance(0.4) ? 'disassociate' : 'delete';
    const extras =
      mode === 'delete'
        ? { detachPeerings: random.chance(0.6), override: random.chance(0.75) }
        : {};
    return {
      mode,
      target: this.#existing(({ allocations }) => allocations.length > 0 || random.chance(0.2)),
      ...extras,
    };
  }

  /** The same id with other content: at most one of the two can be accepted. */
  contradiction(request: MadeRequest): MadeRequest {
    return { ...request, reason: 'something else' };
  }

  envelope(request: Json): Json {
    const id = String(request['id']);
    return { specversion: '1.0', id, source: '/tickets', type: 'request', data: request };
  }

  bad(): MadeMessage {
    const random = this.#random;
    const good = { ...this.request(), id: `BAD-${++this.#serial}` };
    const bodies: readonly (() => Uint8Array)[] = [
      () => Buffer.from([0xff, 0xfe, random.between(0, 255)]),
      () => encode(good).slice(0, random.between(1, 80)),
      () => encode({ ...good, operation: 'explode' }),
      () => encode({ ...good, id: '12345' }),
      () => encode({ ...good, reason: '' }),
      () => encode({ ...good, surprise: true }),
      () => encode({ specversion: '9.9', id: 'x', source: 'y', type: 'z', data: good }),
      () => encode({ ...good, reason: 'x'.repeat(70_000) }),
      () =>
        encode({
          operation: 'decide',
          request: 'NOBODY-1',
          decision: 'approve',
          by: { name: 'X' },
        }),
      () => encode([good]),
    ];
    return { messageId: `bad-${this.#serial}`, body: random.pick(bodies)(), isBad: true };
  }
}
