import type { OrchestrationContext } from 'durable-functions';
import type { Azure, VirtualNetworkView } from '../../../src/azure/azure.ts';
import type { App } from '../../../src/functions/app.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { success } from '../../../src/model/outcome.ts';
import { orchestrationNames } from '../../../src/orchestrations/names.ts';
import { type ActivityTable, orchestrations } from './activities.ts';
import type { Caller } from './azure-model.ts';
import { approvers, landscape, operators, requesters } from './landscape.ts';
import type { Operation } from './request-maker.ts';
import type { SimulationOptions } from './simulation.ts';

type Sabotage = NonNullable<SimulationOptions['sabotage']>;

/** A defect, planted into what the product uses, which the oracle has to find. */
export interface PlantedBug {
  /** The rule of the design that it breaks. */
  readonly rule: number;
  readonly name: string;
  /** So many seeds, from 1 on, are enough to find it. */
  readonly seeds: number;
  /** What people ask for, where not everything serves. */
  readonly operations?: readonly Operation[];
  readonly sabotage: Sabotage;
}

const withAzure = (change: (azure: Azure, caller: Caller) => Partial<Azure>): Sabotage => ({
  app: (app, caller) => ({ ...app, azure: { ...app.azure, ...change(app.azure, caller) } }),
});

const withLedger = (activity: string, change: (ledger: Ledger) => Partial<Ledger>): Sabotage => ({
  app: (app, caller) => {
    if (caller.activity !== activity) return app;
    const changed = change(app.ledger);
    const ledger = new Proxy(app.ledger, {
      get: (target, name: keyof Ledger) => changed[name] ?? target[name],
    });
    return { ...app, ledger };
  },
});

const withActivities = (
  change: (activities: ActivityTable) => Partial<ActivityTable>,
): Sabotage => ({
  activities: (all) => ({ ...all, ...change(all) }),
});

const withServiceBus = (change: (app: App) => object): Sabotage => ({
  app: (app) => {
    const serviceBus = Object.assign({}, app.serviceBus, change(app)) as App['serviceBus'];
    return { ...app, serviceBus, events: serviceBus };
  },
});

/** Signed addresses by request. */
const signed = new Map<string, string>();

const simulatedPeople = [...approvers, ...requesters, ...operators];

const answersDone = async () => success({ done: true as const, value: null });

export const plantedBugs: readonly PlantedBug[] = [
  {
    rule: 1,
    name: 'a PUT without an answer is sent again under another name',
    seeds: 60,
    operations: ['allocate'],
    sabotage: withAzure((azure) => ({
      createVirtualNetwork: async (deployment) => {
        const created = await azure.createVirtualNetwork(deployment);
        if (created.ok || created.error.kind !== 'retryable') return created;
        const virtualNetworkId = `${deployment.target.virtualNetworkId}-again`;
        const target = { ...deployment.target, virtualNetworkId };
        return await azure.createVirtualNetwork({ ...deployment, target });
      },
    })),
  },
  {
    rule: 2,
    name: 'nobody waits for the decision',
    seeds: 30,
    sabotage: withActivities(() => ({
      readApproval: async () => success({ status: 'approved', by: 'nobody' }),
      // It would find that approvals are missing.
      recheckPlan: async () => success({ changed: false }),
    })),
  },
  {
    rule: 2,
    name: 'one approval is enough, whatever the stages ask for',
    seeds: 60,
    operations: ['allocate'],
    sabotage: withActivities((all) => ({
      readApproval: async (input, dependencies) => {
        const decisions = await dependencies.ledger.listDecisions(input.requestId);
        return decisions.some(({ decision }) => decision === 'approve')
          ? success({ status: 'approved', by: 'somebody' })
          : await all.readApproval(input, dependencies);
      },
      // It would find that approvals are missing.
      recheckPlan: async () => success({ changed: false }),
    })),
  },
  {
    rule: 2,
    name: 'whoever decides is taken for one of the group',
    seeds: 60,
    sabotage: {
      app: (app, { activity }) => {
        if (activity !== 'receiveRequest') return app;
        const group = { name: 'network', members: simulatedPeople, entraGroups: [] };
        const policy = { ...app.landscape.policy, groups: [group] };
        return { ...app, landscape: { ...app.landscape, policy } };
      },
    },
  },
  {
    rule: 3,
    name: 'an operator overrides as a superuser does',
    seeds: 80,
    sabotage: {
      app: (app, { activity }) =>
        activity === 'receiveRequest'
          ? { ...app, landscape: { ...app.landscape, superusers: app.landscape.operators } }
          : app,
    },
  },
  {
    rule: 10,
    name: 'what a request takes is not counted',
    seeds: 80,
    operations: ['allocate'],
    sabotage: withActivities(() => ({ reserveQuota: async () => success(null) })),
  },
  {
    rule: 10,
    name: 'a request that is taken back stays counted',
    seeds: 60,
    operations: ['allocate'],
    sabotage: withActivities(() => ({ releaseQuota: async () => success(null) })),
  },
  {
    rule: 2,
    name: 'twice as many addresses are deployed as were approved',
    seeds: 20,
    sabotage: withAzure((azure) => ({
      createVirtualNetwork: (deployment) =>
        azure.createVirtualNetwork({
          ...deployment,
          allocations: deployment.allocations.map((one) => ({
            ...one,
            numberOfIpAddresses: String(2n * BigInt(one.numberOfIpAddresses)),
          })),
        }),
    })),
  },
  {
    rule: 3,
    name: 'requester and approver are compared by name',
    seeds: 40,
    sabotage: withLedger('receiveRequest', (ledger) => ({
      getRequest: async (id) => {
        const record = await ledger.getRequest(id);
        if (!record?.request.requester.objectId) return record;
        const requester = { ...record.request.requester, objectId: record.request.requester.name };
        return { ...record, request: { ...record.request, requester } };
      },
    })),
  },
  {
    rule: 4,
    name: 'a compensation says that it is done, and does nothing',
    seeds: 60,
    operations: ['allocate'],
    sabotage: withActivities(() => ({
      deleteVirtualNetwork: async () => success({}),
      trackDeletion: answersDone,
      confirmRelease: answersDone,
    })),
  },
  {
    rule: 4,
    name: 'a deletion does not wait for the pool',
    seeds: 60,
    operations: ['remove'],
    sabotage: withAzure((azure, { activity }) =>
      activity === 'confirmRemoval'
        ? {
            listPoolAssociations: async () => success([]),
            getPoolUsage: async (id) => {
              const usage = await azure.getPoolUsage(id);
              if (!usage.ok) return usage;
              const { addressPrefixes } = usage.value;
              return success({ ...usage.value, availableAddressPrefixes: addressPrefixes });
            },
          }
        : {},
    ),
  },
  {
    rule: 5,
    name: 'a compensation takes any VNet of the name for its own',
    seeds: 80,
    operations: ['allocate'],
    sabotage: {
      app: (app, { activity, requestId }) => {
        if (activity !== 'deleteVirtualNetwork') return app;
        const own = (view: VirtualNetworkView): VirtualNetworkView => ({
          ...view,
          tags: { 'vnet-vending-request': requestId },
        });
        let resourceGuid = 'none';
        const azure: Azure = {
          ...app.azure,
          getVirtualNetwork: async (target) => {
            const found = await app.azure.getVirtualNetwork(target);
            if (!found.ok || !found.value) return found;
            resourceGuid = found.value.resourceGuid;
            return success(own(found.value));
          },
        };
        const ledger = new Proxy(app.ledger, {
          get: (real, name: keyof Ledger) =>
            name === 'getStepState' ? async () => ({ planHash: 'any', resourceGuid }) : real[name],
        });
        return { ...app, azure, ledger };
      },
    },
  },
  {
    rule: 5,
    name: 'the tag alone says whose a VNet is',
    seeds: 40,
    operations: ['allocate'],
    sabotage: {
      app: (app, { activity, requestId }) => {
        if (activity !== 'deleteVirtualNetwork') return app;
        const azure: Azure = {
          ...app.azure,
          getVirtualNetwork: async (target) => {
            const found = await app.azure.getVirtualNetwork(target);
            if (!found.ok || found.value?.tags['vnet-vending-request'] !== requestId) return found;
            const allocations = landscape.pools.map(({ id }) => ({
              poolId: id,
              numberOfIpAddresses: '1',
              prefixes: [],
            }));
            return success({ ...found.value, allocations });
          },
        };
        const ledger = new Proxy(app.ledger, {
          get: (real, name: keyof Ledger) =>
            name === 'getStepState'
              ? async (id: string, step: string) => {
                  const state = await real.getStepState(id, step);
                  if (state === undefined || step !== 'deploy') return state;
                  const { resourceGuid: _, ...rest } = state;
                  return rest;
                }
              : real[name],
        });
        return { ...app, azure, ledger };
      },
    },
  },
  {
    rule: 5,
    name: 'an update loses what it does not know',
    seeds: 40,
    operations: ['associate', 'remove'],
    sabotage: withAzure((azure) => ({
      updateVirtualNetwork: (target, document, etag) => {
        const { unknownToUs: _, ...properties } = document['properties'] as Record<string, unknown>;
        return azure.updateVirtualNetwork(target, { ...document, properties }, etag);
      },
    })),
  },
  {
    rule: 6,
    name: 'an activity answers the signed address of an operation',
    seeds: 30,
    sabotage: {
      app: (app) => ({
        ...app,
        azure: {
          ...app.azure,
          createVirtualNetwork: async (deployment) => {
            const created = await app.azure.createVirtualNetwork(deployment);
            if (created.ok) signed.set(deployment.requestId, created.value.operationUrl ?? '');
            return created;
          },
        },
      }),
      activities: (all) => ({
        ...all,
        deployVirtualNetwork: async (input, dependencies) => {
          const deployed = await all.deployVirtualNetwork(input, dependencies);
          if (!deployed.ok) return deployed;
          return success({ ...deployed.value, url: signed.get(input.requestId) });
        },
      }),
    },
  },
  {
    rule: 7,
    name: 'an orchestration does something only when it does not replay',
    seeds: 20,
    sabotage: {
      orchestrations: {
        ...orchestrations,
        [orchestrationNames.awaitDecision]: function* (context: OrchestrationContext) {
          if (!context.df.isReplaying) yield context.df.createTimer(context.df.currentUtcDateTime);
          return yield* orchestrations[orchestrationNames.awaitDecision]?.(context) ?? [];
        },
      },
    },
  },
  {
    rule: 8,
    name: 'an end counts as published before it is',
    seeds: 5,
    sabotage: withActivities(() => ({
      publishOutcome: async ({ requestId }, { ledger }) => {
        await ledger.markOutcomePublished(requestId);
        return success(null);
      },
    })),
  },
  {
    rule: 8,
    name: 'nobody looks for workflows that were lost',
    seeds: 60,
    sabotage: withLedger('sweepRequests', () => ({ listUnfinishedRequests: async () => [] })),
  },
  {
    rule: 9,
    name: 'a request that contradicts an accepted one passes for a repetition',
    seeds: 40,
    sabotage: withLedger('receiveRequest', (ledger) => ({
      claimRequest: async (record, at) => ({
        ...(await ledger.claimRequest(record, at)),
        status: 'repeated',
      }),
    })),
  },
  {
    rule: 9,
    name: 'a refused message is told, but not kept',
    seeds: 30,
    sabotage: withServiceBus(() => ({ reject: async () => undefined })),
  },
  {
    rule: 9,
    name: 'a refused message is kept in another form',
    seeds: 30,
    sabotage: withServiceBus(({ serviceBus }) => ({
      reject: (stored: Parameters<App['serviceBus']['reject']>[0], id: string, error: never) =>
        serviceBus.reject({ ...stored, body: Buffer.from(`${stored.body} `) }, id, error),
    })),
  },
];
