import type { InvocationContext } from '@azure/functions';
import { expect, it } from 'vitest';
import type { CallbackDependencies } from '../../../src/activities/callbacks/callback-contracts.ts';
import { withCallbackLog } from '../../../src/functions/callbacks/with-callback-log.ts';
import { observedActivity } from '../../../src/functions/telemetry/observed-activity.ts';
import type { RequestFacts } from '../../../src/functions/telemetry/request-facts.ts';

const fails = async () => {
  throw new Error('AccountKey=abc for jo@contoso.example');
};
const log = { log: () => undefined, warn: () => undefined, error: () => undefined };
const safe = 'AccountKey=[secret] for [mail address]';

it('what an activity throws reaches the host without secrets', async () => {
  const requests = {
    of: async () => ({
      facts: {},
      trace: { request: { traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 1 } },
    }),
  } as unknown as RequestFacts;
  const activity = observedActivity('planRequest', fails, requests);
  const input = { requestId: 'RITM1', step: 'plan', attempt: 1 };
  await expect(activity(input, log as unknown as InvocationContext)).rejects.toThrow(safe);
});

it('nor does what the delivery of a callback throws', async () => {
  const activity = withCallbackLog<'postCallback'>(fails, {} as CallbackDependencies);
  await expect(activity({} as never, log)).rejects.toThrow(safe);
});
