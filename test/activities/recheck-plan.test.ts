import { describe, expect, it } from 'vitest';
import { recheckPlan } from '../../src/activities/planning/recheck-plan.ts';
import { success } from '../../src/model/outcome.ts';
import { sampleLandscape } from '../model/samples.ts';
import { requestId, startWorkbench, stepInput, type Workbench } from './workbench.ts';

const approved = async () => {
  const bench = await startWorkbench();
  const planHash = await bench.planApproved();
  await bench.become('awaiting-approval');
  return { ...bench, planHash };
};

/** The landscape with pools elsewhere: every plan is another one. */
function moved(to: string) {
  const landscape = sampleLandscape();
  return {
    ...landscape,
    pools: landscape.pools.map((pool) => ({ ...pool, id: `${pool.id}-${to}` })),
  };
}

const recheck = (
  { dependencies }: Pick<Workbench, 'dependencies'>,
  planHash: string,
  change: Partial<Workbench['dependencies']> = {},
) => recheckPlan({ ...stepInput, planHash }, { ...dependencies, ...change });

const planIn = async ({ ledger }: Pick<Workbench, 'ledger'>) =>
  (await ledger.getRequest(requestId))?.plan;

describe('the re-check before the deployment', () => {
  it('passes what has not changed, and tells so', async () => {
    const bench = await approved();
    expect(await recheck(bench, bench.planHash)).toEqual(success({ changed: false }));
    expect((await bench.timeline()).at(-1)).toContain('Nothing changed');
  });

  it('stops a request that was cancelled meanwhile', async () => {
    const bench = await approved();
    await bench.decide('cancel');
    expect(await recheck(bench, bench.planHash)).toMatchObject({ error: { code: 'Cancelled' } });
  });

  it('stops a request that was rejected after somebody had approved it', async () => {
    const bench = await approved();
    const { azure, decide } = bench;
    const { listScopeConnections } = azure;
    azure.listScopeConnections = async (...call) => {
      // While both tenants are looked at.
      await decide('reject', { name: 'Kim', reason: 'too big' });
      return listScopeConnections.apply(azure, call);
    };
    for (const when of ['meanwhile', 'before']) {
      expect(await recheck(bench, bench.planHash), when).toMatchObject({
        error: { code: 'DecisionRejected', message: 'Kim rejected the request: too big' },
      });
    }
  });

  it('stops what policy denies by now, although its plan is another one, too', async () => {
    const bench = await approved();
    const policy = { rules: [{ name: 'freeze', effect: 'deny', reason: 'end of the year' }] };
    const landscape = { ...moved('away'), policy: sampleLandscape({ policy }).policy };
    expect(await recheck(bench, bench.planHash, { landscape })).toMatchObject({
      error: { code: 'PolicyDenied' },
    });
  });

  it('stops what lacks a prerequisite by now', async () => {
    const bench = await approved();
    bench.azure.listScopeConnections = async () => success([]);
    expect(await recheck(bench, bench.planHash)).toMatchObject({
      error: { code: 'PrerequisitesNotMet' },
    });
  });
});

describe('a plan that is another one at the re-check', () => {
  it('is recorded in the place of the one before, with the next version and time limits of its own', async () => {
    const bench = await approved();
    const later = () => new Date('2026-11-23T00:00:00Z');
    const change = { landscape: moved('away'), now: later };
    const rechecked = await recheck(bench, bench.planHash, change);
    const plan = await planIn(bench);
    expect(rechecked).toMatchObject({
      value: { changed: true, plan: { planHash: plan?.planHash, version: 2 } },
    });
    expect(plan?.planHash).not.toBe(bench.planHash);
    expect(plan).toMatchObject({ version: 2, madeAt: '2026-11-23T00:00:00.000Z' });
    expect((await bench.ledger.getRequest(requestId))?.state).toBe('awaiting-approval');
    expect((await bench.timeline()).at(-1)).toContain('version 2 takes its place');
  });

  it('is recorded once, however often the activity runs', async () => {
    const bench = await approved();
    const change = { landscape: moved('away') };
    const first = await recheck(bench, bench.planHash, change);
    expect(await recheck(bench, bench.planHash, change)).toEqual(first);
    expect(await planIn(bench)).toMatchObject({ version: 2 });
  });

  it('is left alone by a run that comes when the request is carried out already', async () => {
    const bench = await approved();
    await bench.become('deploying');
    const rechecked = await recheck(bench, bench.planHash, { landscape: moved('away') });
    expect(rechecked).toEqual(success({ changed: false }));
    expect(await planIn(bench)).toMatchObject({ planHash: bench.planHash, version: 1 });
  });

  it('is given up when it has changed five times', async () => {
    const bench = await approved();
    let { planHash } = bench;
    for (let version = 2; version <= 5; version++) {
      const rechecked = await recheck(bench, planHash, { landscape: moved(`${version}`) });
      expect(rechecked).toMatchObject({ value: { plan: { version } } });
      planHash = (await planIn(bench))?.planHash ?? '';
    }
    const last = await recheck(bench, planHash, { landscape: moved('6') });
    expect(last).toMatchObject({
      error: { code: 'PlanChanged', details: { decidedPlanHash: planHash } },
    });
    expect(await planIn(bench)).toMatchObject({ planHash, version: 5 });
  });

  it.each([
    ['another stage', [{ name: 'approval' }, { name: 'security' }]],
    ['one more approval', [{ name: 'approval', minApprovals: 2 }]],
    ['a stage of another name', [{ name: 'boss' }]],
  ])('is also one that needs %s by now, although nothing else changed', async (_what, stages) => {
    const bench = await approved();
    const { policy } = sampleLandscape({ policy: { rules: [], stages } as object });
    const landscape = { ...sampleLandscape(), policy };
    expect(await recheck(bench, bench.planHash, { landscape })).toMatchObject({
      value: { changed: true, plan: { planHash: bench.planHash, version: 2 } },
    });
    expect((await planIn(bench))?.stages).toHaveLength(stages.length);
  });

  it('is refused where a stage of the same name asks other people by now: their say is missing', async () => {
    const bench = await approved();
    const stages = [{ name: 'approval', approvers: ['operators'] }];
    const landscape = sampleLandscape({ policy: { rules: [], stages } } as object);
    expect(await recheck(bench, bench.planHash, { landscape })).toMatchObject({
      ok: false,
      error: { code: 'PlanChanged' },
    });
    expect((await planIn(bench))?.version).toBe(1);
  });

  it('is none where the policy asks for less, or for what has been approved', async () => {
    const bench = await approved();
    const less = [{ name: 'all', effect: 'auto-approve', reason: 'free' }];
    const other = { stages: [{ name: 'approval', timeLimitHours: 1 }] };
    for (const policy of [{ rules: less }, { rules: [], ...other }]) {
      const landscape = sampleLandscape({ policy } as object);
      expect(await recheck(bench, bench.planHash, { landscape })).toEqual(
        success({ changed: false }),
      );
    }
  });
});
