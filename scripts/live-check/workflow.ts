import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import type { Ledger, RequestRecord } from '../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import { type RealPlatform, startOnRealAzure } from '../../src/local/real-azure.ts';
import { type Landscape, landscapeSchema } from '../../src/model/landscape.ts';
import { isEndState } from '../../src/model/states.ts';
import { type Observation, withoutIds } from './observation.ts';
import type { LiveCheck } from './options.ts';
import type { Stage } from './stage.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * One allocation and one removal through the whole workflow: Service Bus, durable engine and ledger of a
 * local platform that is there for this alone.
 */
export async function runWorkflow(
  stage: Stage,
  environment: Environment,
): Promise<readonly Observation[]> {
  const dataDirectory = mkdtempSync(join(tmpdir(), `${stage.runId}-`));
  const platform = await startOnRealAzure({
    azure: stage.check.azure,
    landscape: withOwnPolicy(stage.check),
    people: [],
    dataDirectory,
    ports: { api: 0, amqp: 0 },
    environment,
  });
  const ledger = openSqliteLedger(platform.ledgerFile);
  try {
    const { target, addresses, pool } = { target: stage.target('workflow'), ...stage.check };
    const { tenantAlias: tenant, subscriptionId, resourceGroup, virtualNetwork, location } = target;
    const common = {
      requester: { name: 'live check' },
      reason: 'live check of vnet-vending',
    };
    const place = { tenant, subscriptionId, resourceGroup, virtualNetwork };
    const allocated = await run(stage, platform, ledger, {
      ...common,
      id: `${stage.runId}-allocate`,
      operation: 'allocate',
      target: { ...place, location },
      allocations: [{ pool: pool.alias, numberOfIpAddresses: addresses }],
    });
    if (allocated.facts['state'] !== 'succeeded') return [allocated];
    const removed = await run(stage, platform, ledger, {
      ...common,
      id: `${stage.runId}-remove`,
      operation: 'remove',
      mode: 'delete',
      target: place,
    });
    return [allocated, removed];
  } finally {
    await ledger.close();
    await platform.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

/** Who gave `--yes` has approved the two requests of the check; nobody else's request is carried out here. */
const withOwnPolicy = ({ landscape, tenant, pool }: LiveCheck): Landscape =>
  landscapeSchema.parse({
    ...landscape,
    callbacks: undefined,
    policy: {
      rules: [
        {
          name: 'live-check',
          effect: 'auto-approve',
          operations: ['allocate', 'remove'],
          tenants: [tenant.alias],
          pools: [pool.alias],
          reason: 'approved with --yes',
        },
        { name: 'nothing-else', effect: 'deny', reason: 'a live check runs here' },
      ],
    },
  });

async function run(
  stage: Stage,
  platform: RealPlatform,
  ledger: Ledger,
  request: { readonly id: string; readonly operation: string } & Readonly<Record<string, unknown>>,
): Promise<Observation> {
  const client = new ServiceBusClient(platform.ready.serviceBus);
  await client.createSender(platform.ready.queues.requests).sendMessages({ body: request });
  await client.close();
  let record: RequestRecord | undefined;
  const { deploySeconds, awaitPrefixSeconds, releaseSeconds, retrySeconds } =
    stage.check.landscape.bounds;
  const tookMs = await stage.until(
    async () => {
      record = await ledger.getRequest(request.id);
      return record !== undefined && isEndState(record.state);
    },
    // By then the workflow has ended by itself.
    deploySeconds + awaitPrefixSeconds + 2 * releaseSeconds + 2 * retrySeconds,
  );
  const steps = (await ledger.listTimeline(request.id)).map(({ at, step, status, message }) => ({
    afterMs: Date.parse(at) - Date.parse(record?.createdAt ?? at),
    step,
    status,
    message: withoutIds(message),
  }));
  return {
    name: `workflow-${request.operation}`,
    question: `Does the workflow ${request.operation} a VNet, and how long does each step take?`,
    observed: record?.state === 'succeeded',
    facts: {
      state: record?.state ?? 'not received',
      tookMs: tookMs ?? null,
      ...(record?.error === undefined
        ? {}
        : { error: { code: record.error.code, cause: withoutIds(record.error.cause) } }),
      steps,
    },
  };
}
