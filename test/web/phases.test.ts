import { describe, expect, it } from 'vitest';
import type { RequestDetail } from '../../src/model/api/request-views.ts';
import { requestStates } from '../../src/model/states.ts';
import { phasesOf } from '../../src/web/requests/phases.ts';
import { samplePlan } from './samples/plan.ts';
import { sampleRequest } from './samples/requests.ts';

type Change = Partial<RequestDetail> & { readonly state: RequestDetail['state'] };

const withSteps = (...steps: string[]): RequestDetail['timeline'] =>
  steps.map((step, index) => ({
    key: String(index),
    at: '2026-01-01T00:00:00Z',
    step,
    status: 'succeeded',
    message: step,
    compensation: /^compensat/.test(step),
  }));

const statuses = (change: Change): string =>
  phasesOf(sampleRequest(0, 0, { id: 'R1', ...change }))
    .map(({ status }) => status)
    .join(' ');

describe('the way of a request', () => {
  it.each([
    ['received', 'current next next next'],
    ['planning', 'current next next next'],
    ['awaiting-approval', 'done current next next'],
    ['deploying', 'done done current next'],
    ['verifying', 'done done done current'],
    ['succeeded', 'done done done done'],
    ['rejected', 'done stopped skipped skipped'],
    ['expired', 'done stopped skipped skipped'],
    ['removed-release-unverified', 'done done done stopped'],
  ] as const)('of one that is %s: %s', (state, expected) => {
    expect(statuses({ state })).toBe(expected);
  });

  it('shows where one that failed was left, whatever was taken back since', () => {
    const failed = (...steps: string[]) =>
      statuses({ state: 'failed', timeline: withSteps(...steps) });
    const begun = ['planning', 'plan', 'awaiting-approval', 'decide'];

    expect(failed('planning', 'plan', 'report')).toBe('stopped skipped skipped skipped');
    expect(failed(...begun)).toBe('done stopped skipped skipped');
    expect(failed(...begun, 'claim')).toBe('done done stopped skipped');
    expect(failed(...begun, 'claim', 're-check')).toBe('done done stopped skipped');
    expect(failed(...begun, 'claim', 'deploy', 'compensate-confirm', 'release-claim')).toBe(
      'done done stopped skipped',
    );
    expect(failed(...begun, 'claim', 'remove', 'remove-track', 'confirm-removal')).toBe(
      'done done done stopped',
    );
  });

  it('has a name for the operation, and for an approval by the policy', () => {
    const labels = (change: Change) =>
      phasesOf(sampleRequest(0, 0, { id: 'R1', ...change })).map(({ label }) => label);
    const plan = samplePlan({ name: 'vnet', effect: 'auto-approve' });

    expect(labels({ state: 'succeeded', operation: 'remove', plan })).toEqual([
      'Plan',
      'Approved by policy',
      'Remove',
      'Verify',
    ]);
    expect(labels({ state: 'planned', dryRun: true })).toEqual(['Plan']);
  });

  it('knows every state', () => {
    for (const state of requestStates) expect(statuses({ state })).toMatch(/current|stopped|done$/);
  });
});
