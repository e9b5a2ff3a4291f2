import { z } from 'zod';
import { poolDetailSchema, poolPageSchema } from '../../../model/api/pool-views.ts';
import { vendingError } from '../../../model/errors.ts';
import { extentOf } from '../access.ts';
import { ok } from '../answer.ts';
import { problemAnswer } from '../problems.ts';
import { defineRoute } from '../route.ts';
import { holdersFor } from '../views/pool-holders.ts';
import { poolSummary, readPoolMap } from '../views/pool-reading.ts';

export const listPools = defineRoute({
  name: 'listPools',
  method: 'GET',
  path: 'api/pools',
  summary: 'The pools, and how full they are',
  access: 'pools.read',
  answers: {
    200: {
      description: 'The pools in the order of the landscape; one that cannot be read says why.',
      schema: poolPageSchema,
    },
  },
  handle: async ({ app: { landscape, azure } }) =>
    ok({
      pools: await Promise.all(
        landscape.pools.map(async (pool) => poolSummary(pool, await azure.getPoolUsage(pool.id))),
      ),
    }),
});

const usageDays = 90;

export const showPool = defineRoute({
  name: 'showPool',
  method: 'GET',
  path: 'api/pools/{alias}',
  summary: 'A pool: its address map, and its usage over time',
  description:
    'The blocks of the map cover the prefixes of the pool, in order and without overlap. Who holds a block ' +
    'is left out where the caller may not know it: requesters see the holders behind their own requests.',
  access: 'pools.read',
  cost: 3,
  query: z.strictObject({
    usageDays: z.coerce
      .number()
      .int()
      .min(1)
      .max(366)
      .default(usageDays)
      .meta({ description: 'How many days the usage over time goes back.' }),
  }),
  answers: { 200: { description: 'The pool.', schema: poolDetailSchema } },
  problems: [404],
  handle: async ({ app, caller, params, query }) => {
    const pool = app.landscape.pools.find(({ alias }) => alias === params['alias']);
    if (pool === undefined) {
      return problemAnswer(vendingError('UnknownPool', 'The landscape lists no such pool.'));
    }
    const now = app.now();
    const from = new Date(now.getTime() - query.usageDays * 24 * 3_600_000).toISOString();
    const seesAll = extentOf('pools.read', caller) === 'all';
    const holders = await holdersFor(app, seesAll ? undefined : caller);
    const [map, samples] = await Promise.all([
      readPoolMap(app, pool, holders),
      app.ledger.listPoolUsage(pool.alias, from),
    ]);
    const { allocatedIpAddresses, totalIpAddresses } = map;
    const usage = samples.map(({ pool: _, ...sample }) => sample);
    if (allocatedIpAddresses !== undefined && totalIpAddresses !== undefined) {
      usage.push({ at: now.toISOString(), allocatedIpAddresses, totalIpAddresses });
    }
    return ok({ ...map, usage });
  },
});
