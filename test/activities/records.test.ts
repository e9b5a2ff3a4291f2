import { describe, expect, it } from 'vitest';
import { planRequest } from '../../src/activities/planning/plan-request.ts';
import { claimVirtualNetwork } from '../../src/activities/records/claim-virtual-network.ts';
import { publishOutcome } from '../../src/activities/records/publish-outcome.ts';
import { readError } from '../../src/activities/records/read-error.ts';
import { recordState } from '../../src/activities/records/record-state.ts';
import { releaseVirtualNetwork } from '../../src/activities/records/release-virtual-network.ts';
import { withTimeline } from '../../src/activities/with-timeline.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import type { RequestState } from '../../src/model/states.ts';
import { ids, sampleRequest } from '../model/samples.ts';
import { refused, requestId, startWorkbench, stepInput, virtualNetworkId } from './workbench.ts';

describe('the hash of a plan', () => {
  const hashOf = async (change: object) => (await startWorkbench(change)).plan();

  it.each([
    ['the size', { allocations: [{ pool: 'corp-centralus', numberOfIpAddresses: 128 }] }],
    ['a subnet', { subnets: [{ name: 'data', numberOfIpAddresses: 32 }] }],
    ['a tag', { tags: { costCentre: '9' } }],
    ['the VNet', { target: { ...sampleRequest().target, virtualNetwork: 'vnet-b' } }],
  ])('is another one when %s is', async (_what, change) => {
    expect(await hashOf(change)).not.toBe(await hashOf({}));
  });
});

it('a plan that was decided on is not made anew', async () => {
  const { azure, become, dependencies, plan } = await startWorkbench();
  const planHash = await plan();
  await become('deploying');
  azure.listScopeConnections = async () => success([]);
  const again = await planRequest(stepInput, dependencies);
  expect(again).toMatchObject({ ok: true, value: { planHash } });
  expect(again).not.toHaveProperty('value.refusal');
});

describe('the record of a state', () => {
  const walk = async (...states: RequestState[]) => {
    const bench = await startWorkbench();
    for (const state of states) {
      await recordState(
        { ...stepInput, step: state, state, message: `now ${state}` },
        bench.dependencies,
      );
    }
    return bench;
  };

  it('shows in the timeline as what it is', async () => {
    const bench = await walk(
      'planning',
      'awaiting-approval',
      'deploying',
      'verifying',
      'succeeded',
    );
    expect(await bench.timeline()).toEqual([
      'planning started: now planning',
      'awaiting-approval waiting: now awaiting-approval',
      'deploying started: now deploying',
      'verifying started: now verifying',
      'succeeded succeeded: now succeeded',
    ]);
    const parked = await walk('planning', 'deploying', 'compensating', 'compensation-failed');
    expect((await parked.timeline()).at(-1)).toMatch(/ failed: /);
    expect((await (await walk('planning', 'planned')).timeline()).at(-1)).toMatch(/ succeeded: /);
  });

  it('is not taken back by a run that starts again, which learns how far the request is', async () => {
    for (const state of ['verifying', 'compensating'] as const) {
      const { dependencies, ledger } = await walk('planning', 'deploying', state);
      const again = { ...stepInput, state: 'planning' as const, message: 'again' };
      expect(await recordState(again, dependencies)).toEqual(success(state));
      expect((await ledger.getRequest(requestId))?.state).toBe(state);
    }
  });

  it('is final once the request has ended', async () => {
    const { dependencies, ledger } = await walk('planning', 'failed');
    for (const state of ['planning', 'deploying', 'succeeded'] as const) {
      expect(await recordState({ ...stepInput, state, message: 'late' }, dependencies)).toEqual(
        success('failed'),
      );
    }
    expect((await ledger.getRequest(requestId))?.state).toBe('failed');
  });

  it('throws on an end that does not fit, instead of hiding it', async () => {
    const { dependencies } = await walk('planning');
    const odd = { ...stepInput, state: 'succeeded' as const, message: 'out of the blue' };
    await expect(recordState(odd, dependencies)).rejects.toThrow('cannot become succeeded');
  });
});

it('why a request is taken back is known to a run that goes on', async () => {
  const { become, dependencies } = await startWorkbench();
  await become('planning');
  await become('deploying');
  expect(await readError(stepInput, dependencies)).toEqual(success(null));
  const error = vendingError('Cancelled', 'It was cancelled.');
  await recordState(
    { ...stepInput, state: 'compensating', message: 'taking back', error },
    dependencies,
  );
  expect(await readError(stepInput, dependencies)).toEqual(success(error));
});

describe('an event', () => {
  it('of the end is published until it was, and then no more', async () => {
    const { dependencies, events } = await startWorkbench();
    await recordState({ ...stepInput, state: 'planning', message: 'planning' }, dependencies);
    await recordState(
      { ...stepInput, state: 'failed', message: 'failed', pendingEvent: 'allocation.failed' },
      dependencies,
    );
    const down = { publish: () => Promise.reject(new Error('no broker')) };
    await expect(publishOutcome(stepInput, { ...dependencies, events: down })).rejects.toThrow();
    await publishOutcome(stepInput, dependencies);
    await publishOutcome(stepInput, dependencies);
    expect(events.map(({ type }) => type)).toEqual(['com.vnetvending.allocation.failed.v1']);
  });
});

describe('of a request that was parked and resumed', () => {
  const compensationFailed = {
    ...stepInput,
    state: 'compensation-failed',
    message: 'parked',
    pendingEvent: 'allocation.compensation-failed',
  } as const;

  const parked = async () => {
    const bench = await startWorkbench();
    for (const state of ['planning', 'deploying', 'compensating'] as const) {
      await bench.become(state);
    }
    await recordState(compensationFailed, bench.dependencies);
    const by = { name: 'Olu', objectId: ids.approver, tenantId: ids.managementTenant };
    const resume = () =>
      bench.ledger.recordDecision(
        {
          id: 'CHG-1',
          requestId,
          decision: 'resume',
          by,
          channel: 'queue',
          at: '2026-11-22T00:00:00Z',
        },
        { change: { state: 'compensating' } },
      );
    return { ...bench, resume };
  };

  it('the run that had parked it learns nothing else, and records nothing any more', async () => {
    const { dependencies, ledger, resume } = await parked();
    await resume();
    for (const state of ['planning', 'compensating', 'failed'] as const) {
      const late = { ...stepInput, state, message: 'late' };
      expect(await recordState(late, dependencies)).toEqual(success('compensation-failed'));
    }
    expect((await ledger.getRequest(requestId))?.state).toBe('compensating');
    const own = { ...stepInput, resumption: 1, state: 'planning', message: 'again' } as const;
    expect(await recordState(own, dependencies)).toEqual(success('compensating'));
  });

  it('each end is an event of its own', async () => {
    const { dependencies, events, resume } = await parked();
    await publishOutcome(stepInput, dependencies);
    await resume();
    await recordState({ ...compensationFailed, resumption: 1 }, dependencies);
    await publishOutcome({ ...stepInput, resumption: 1 }, dependencies);
    expect(events.map(({ id }) => id)).toEqual([
      `${requestId}:allocation.compensation-failed`,
      `${requestId}:allocation.compensation-failed:resumption-1`,
    ]);
  });

  it('the next end is published too when the publishing of the first one ends late', async () => {
    const { dependencies, ledger, resume } = await parked();
    const slow = {
      publish: async () => {
        await ledger.markOutcomePublished(requestId);
        await resume();
        await recordState({ ...compensationFailed, resumption: 1 }, dependencies);
      },
    };
    await publishOutcome(stepInput, { ...dependencies, events: slow });
    expect((await ledger.getRequest(requestId))?.pendingEvent).toBeDefined();
  });
});

describe('a claim on a VNet', () => {
  const otherRequest = sampleRequest({ id: 'OTHER' });

  it('that another running request holds is refused with its id, until it is given back', async () => {
    const { dependencies, ledger, plan, timeline } = await startWorkbench();
    await plan();
    await ledger.claimRequest(
      {
        id: 'OTHER',
        request: otherRequest,
        contentHash: 'x',
        instanceId: 'request-OTHER',
        tenant: 'fabrikam',
      },
      '2026-11-22T00:00:00Z',
    );
    await ledger.claimVirtualNetwork(virtualNetworkId.toUpperCase(), 'OTHER');
    expect(await claimVirtualNetwork(stepInput, dependencies)).toMatchObject({
      error: { code: 'VirtualNetworkBusy', message: expect.stringContaining('OTHER') },
    });
    // It holds no claim, so it gives none back.
    await releaseVirtualNetwork(stepInput, dependencies);
    expect((await claimVirtualNetwork(stepInput, dependencies)).ok).toBe(false);

    await ledger.releaseVirtualNetwork(virtualNetworkId, 'OTHER');
    expect(await claimVirtualNetwork(stepInput, dependencies)).toEqual(success(null));
    expect((await timeline()).at(-1)).toContain('No other request works on vnet-payments');
    await releaseVirtualNetwork(stepInput, dependencies);
    expect((await ledger.claimVirtualNetwork(virtualNetworkId, 'OTHER')).status).toBe('claimed');
  });

  it('that a parked request holds is refused with what has to be done first', async () => {
    const { dependencies, ledger, plan } = await startWorkbench();
    await plan();
    await ledger.claimRequest(
      {
        id: 'OTHER',
        request: otherRequest,
        contentHash: 'x',
        instanceId: 'request-OTHER',
        tenant: 'fabrikam',
      },
      '2026-11-22T00:00:00Z',
    );
    await ledger.claimVirtualNetwork(virtualNetworkId, 'OTHER');
    for (const state of ['planning', 'deploying', 'compensating', 'compensation-failed'] as const) {
      await ledger.updateRequest('OTHER', { state }, '2026-11-22T00:00:00Z');
    }
    expect(await claimVirtualNetwork(stepInput, dependencies)).toMatchObject({
      error: {
        code: 'VirtualNetworkBusy',
        message: expect.stringContaining('OTHER is parked'),
        remedy: expect.stringContaining('resume the request OTHER'),
      },
    });
  });
});

describe('an attempt that fails', () => {
  it('shows in the timeline, each one, and says whether it is tried again', async () => {
    const { dependencies, timeline } = await startWorkbench();
    const outcomes = [
      refused('Throttled'),
      refused('Throttled'),
      failure(vendingError('PermissionMissing', 'A role.', { kind: 'operator' })),
      refused('AzureRefused'),
      success(null),
    ];
    const wrapped = withTimeline<'claimVirtualNetwork'>(
      async ({ attempt }) => outcomes[attempt - 1] ?? success(null),
      dependencies,
    );
    for (const [index, outcome] of outcomes.entries()) {
      expect(await wrapped({ ...stepInput, attempt: index + 1 })).toEqual(outcome);
    }
    expect(await timeline()).toEqual([
      'the-step waiting: Throttled it is. It is tried again.',
      'the-step waiting: Throttled it is. It is tried again.',
      'the-step failed: A role.',
      'the-step failed: AzureRefused it is.',
    ]);
  });
});
