import { quotas, requesters, tenants } from './landscape.ts';
import type { Oracle, Witnessed } from './oracle.ts';
import type { MadeRequest } from './request-maker.ts';
import { type Effect, keyOf, type Network } from './world.ts';

/** Which requests have given addresses to which VNet, as Azure has seen it. */
export class Holdings {
  readonly #witnessed: Witnessed;
  /** By `guid` of the VNet. */
  readonly #givers = new Map<string, ReadonlySet<string>>();

  constructor(witnessed: Witnessed) {
    this.#witnessed = witnessed;
  }

  note({ requestId, before, after }: Effect): void {
    const request = this.#witnessed.requests.get(requestId)?.[0];
    // What a removal puts back, others have given.
    if (!after || request?.operation === 'remove') return;
    const had = before?.allocations.length ?? 0;
    if (after.allocations.length <= had) return;
    const earlier = had === 0 ? [] : (this.#givers.get(after.guid) ?? []);
    this.#givers.set(after.guid, new Set([...earlier, requestId]));
  }

  /** The VNets that are there with what some requests have given them. */
  heldBy(isMeant: (request: MadeRequest) => boolean): readonly Network[] {
    const { world, requests } = this.#witnessed;
    return [...world.networks.values()].filter(
      ({ guid, allocations }) =>
        allocations.length > 0 &&
        [...(this.#givers.get(guid) ?? [])].some((id) => {
          const request = requests.get(id)?.[0];
          return request !== undefined && isMeant(request);
        }),
    );
  }
}

const isBy =
  (name: string) =>
  ({ requester }: MadeRequest): boolean =>
    requester.name === name && requester.objectId !== undefined;

/** Rule 10: what requests have given never exceeds a quota, as far as it is there still. */
export function checkQuota(oracle: Oracle, holdings: Holdings, { kind, requestId }: Effect): void {
  if (kind !== 'create' && kind !== 'update') return;
  for (const { name } of requesters) {
    const held = holdings.heldBy(isBy(name)).length;
    if (held > quotas.virtualNetworksOfRequester) {
      oracle.report(10, `${kind} for ${requestId}: ${name} has ${held} VNets`);
    }
  }
  for (const tenant of Object.keys(tenants)) {
    const held = addressesOf(holdings.heldBy(({ target }) => target['tenant'] === tenant));
    if (held > quotas.addressesOfTenant) {
      oracle.report(10, `${kind} for ${requestId}: ${tenant} has ${held} addresses`);
    }
  }
}

const addressesOf = (networks: readonly Network[]): number =>
  networks
    .flatMap(({ allocations }) => allocations)
    .filter(({ poolId }) => !poolId.endsWith('/six'))
    .reduce((sum, { count }) => sum + Number(count), 0);

/** Rule 10: in the end nobody is charged for what no request kept, and for no less than is there. */
export async function checkQuotasAtClose(oracle: Oracle, holdings: Holdings): Promise<void> {
  const { ledger, requests } = oracle.witnessed;
  const keeps = new Set(
    oracle.ends
      .filter(({ state }) => state === 'succeeded' || state === 'compensation-failed')
      .map(({ requestId }) => requestId),
  );
  for (const { name, objectId, tenantId } of requesters) {
    const charged = Number(
      await ledger.quotaUsed(`requester:${tenantId}/${objectId}`, 'virtualNetworks'),
    );
    const keptSome = (request: MadeRequest) => isBy(name)(request) && keeps.has(request.id);
    const held = holdings.heldBy(keptSome).filter(({ id }) => !oracle.wasInterfered(id, 0)).length;
    if (charged < held) oracle.report(10, `${name} has ${held} VNets, and is charged ${charged}`);
    const named = [...requests.values()]
      .flatMap(([request]) => (request ? [request] : []))
      .filter((request) => keptSome(request) && request.operation !== 'remove')
      .map(({ target }) => [target['tenant'], target['resourceGroup'], target['virtualNetwork']]);
    const most = new Set(named.map((names) => keyOf(names.join('/')))).size;
    if (charged > most) {
      oracle.report(10, `${name} is charged ${charged} VNets; requests kept ${most}`);
    }
  }
}
