import {
  type ArmContext,
  ArmError,
  type AzureServices,
  type OperationFault,
} from '../../../../src/local/azure/contracts.ts';
import { DocumentStore } from '../../../../src/local/azure/document-store.ts';
import { errorBody } from '../../../../src/local/azure/gateway/error-bodies.ts';
import { RouteTable } from '../../../../src/local/azure/gateway/route-table.ts';
import {
  networkOperations,
  seedNetwork,
} from '../../../../src/local/azure/network/network-operations.ts';
import { defaultSwitches, type Switches } from '../../../../src/local/azure/switches.ts';
import { VirtualClock } from '../../../../src/local/clock.ts';
import { ids, scopes, seed } from '../support/test-azure.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: wire JSON, looked at in assertions only
  readonly body: any;
}

interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Tenant of the primary token: of the subscription in the path unless given. */
  readonly tenantId?: string;
  /** Tenants of the auxiliary tokens: the other tenant unless given. */
  readonly auxiliary?: readonly string[];
  readonly fault?: OperationFault;
  readonly apiVersion?: string;
}

const apiVersion = '2026-01-01';

const principalOf = (tenantId: string) => ({
  tenantId,
  appId: ids.application.clientId,
  objectId: tenantId === ids.tenantA ? ids.objectIdInA : ids.objectIdInB,
});

/** The network operations without a server: what the gateway does after its checks, on virtual time. */
export class TestNetwork {
  readonly clock = new VirtualClock();
  readonly services: AzureServices;
  readonly #routes = new RouteTable(networkOperations);

  constructor(
    options: {
      readonly speed?: number;
      readonly switches?: Partial<Switches>;
      readonly databaseFile?: string;
    } = {},
  ) {
    const store = new DocumentStore(options.databaseFile ?? ':memory:');
    this.services = {
      clock: this.clock,
      store,
      switches: { ...defaultSwitches, ...options.switches },
      speed: options.speed ?? 1,
    };
    if (store.isEmpty) seedNetwork(this.services, seed);
  }

  call(method: string, pathOrUrl: string, options: CallOptions = {}): Answer {
    const url = new URL(pathOrUrl, 'https://localhost:8443');
    const route = this.#routes.find(method, url.pathname);
    if (route === undefined) throw new Error(`no operation for ${method} ${url.pathname}`);
    const inA = url.pathname.toLowerCase().includes(ids.subscriptionA);
    const tenantId = options.tenantId ?? (inA ? ids.tenantA : ids.tenantB);
    const auxiliary = options.auxiliary ?? (inA ? [] : [ids.tenantA]);
    const context: ArmContext = {
      method,
      origin: url.origin,
      path: url.pathname,
      parameters: route.parameters,
      query: url.searchParams,
      apiVersion: options.apiVersion ?? url.searchParams.get('api-version') ?? apiVersion,
      headers: new Headers(options.headers),
      body: structuredClone(options.body),
      principal: principalOf(tenantId),
      auxiliary: auxiliary.map(principalOf),
      fault: options.fault ?? {},
      azure: this.services,
      demand: () => {},
    };
    try {
      const answer = this.services.store.transaction(() => route.operation.handle(context));
      const body = answer.body === undefined ? undefined : JSON.parse(JSON.stringify(answer.body));
      return { status: answer.status, headers: answer.headers ?? {}, body };
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      return {
        status: error.status,
        headers: error.headers,
        body: errorBody(error.service, error),
      };
    }
  }

  /** Until every operation at speed 1 has ended. */
  finish(): void {
    this.clock.advance(60_000);
  }

  /** PUT of a VNet that takes so many addresses of the pool, with subnets by size. */
  allocate(name: string, count: number | string, options: AllocateOptions = {}): Answer {
    return this.call('PUT', networkPath(name), {
      ...options,
      body: ipamBody(count, options.subnets, options.pool),
    });
  }

  usage(pool = scopes.pool): Record<string, unknown> {
    return this.call('POST', `${pool}/getPoolUsage`).body;
  }

  /** What the pool lists: the VNet names with their prefixes. */
  associations(pool = scopes.pool): Record<string, readonly string[]> {
    const { value } = this.call('POST', `${pool}/listAssociatedResources`).body;
    return Object.fromEntries(
      value.map((item: { resourceId: string; addressPrefixes: string[] }) => [
        item.resourceId.slice(item.resourceId.lastIndexOf('/') + 1),
        item.addressPrefixes,
      ]),
    );
  }
}

interface AllocateOptions extends CallOptions {
  readonly subnets?: Readonly<Record<string, number | string>>;
  readonly pool?: string;
}

export const networkPath = (name: string): string =>
  `${scopes.groupB}/providers/Microsoft.Network/virtualNetworks/${name}`;

export const allocation = (count: number | string, pool = scopes.pool) => ({
  numberOfIpAddresses: String(count),
  pool: { id: pool },
});

export const ipamBody = (
  count: number | string,
  subnets: Readonly<Record<string, number | string>> = {},
  pool = scopes.pool,
) => ({
  location: 'eastus',
  properties: {
    addressSpace: { addressPrefixes: [], ipamPoolPrefixAllocations: [allocation(count, pool)] },
    subnets: Object.entries(subnets).map(([name, size]) => ({
      name,
      properties: { addressPrefixes: [], ipamPoolPrefixAllocations: [allocation(size, pool)] },
    })),
  },
});

export const plainBody = (
  addressPrefixes: readonly string[],
  subnets: Readonly<Record<string, string>> = {},
) => ({
  location: 'eastus',
  properties: {
    addressSpace: { addressPrefixes },
    subnets: Object.entries(subnets).map(([name, prefix]) => ({
      name,
      properties: { addressPrefixes: [prefix] },
    })),
  },
});

export const second = `${scopes.networkManager}/ipamPools/second`;
export const six = `${scopes.networkManager}/ipamPools/six`;
export const west = `${scopes.networkManager}/ipamPools/west`;

export function withPools(): TestNetwork {
  const azure = new TestNetwork();
  const pools: [string, string, string][] = [
    [second, 'eastus', '10.1.0.0/16'],
    [six, 'eastus', 'fd00::/40'],
    [west, 'westus', '10.2.0.0/16'],
  ];
  for (const [id, location, prefix] of pools) {
    const body = { location, properties: { addressPrefixes: [prefix] } };
    azure.call('PUT', id, { body });
  }
  return azure;
}

export const putNetwork = (azure: TestNetwork, body: unknown, name = 'v'): Answer =>
  azure.call('PUT', networkPath(name), { body });

export const space = (
  allocations: readonly unknown[],
  options: { prefixes?: readonly string[]; subnets?: readonly unknown[] } = {},
) => ({
  location: 'eastus',
  properties: {
    addressSpace: {
      addressPrefixes: options.prefixes ?? [],
      ipamPoolPrefixAllocations: allocations,
    },
    subnets: options.subnets ?? [],
  },
});

export const subnet = (name: string, properties: unknown) => ({ name, properties });

export const ipamSubnet = (name: string, count: number | string, pool = scopes.pool) =>
  subnet(name, { addressPrefixes: [], ipamPoolPrefixAllocations: [allocation(count, pool)] });
