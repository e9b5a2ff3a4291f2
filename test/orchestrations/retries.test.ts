import { expect, it } from 'vitest';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import { type Answers, Driver, endOf, type Run, requestInput } from './drive.ts';

const busy = (retryAfterSeconds?: number) =>
  failure(
    vendingError('ResourceBusy', 'It is busy.', {
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    }),
  );

const allocate = (answers: Answers, retrySeconds = 100): Run =>
  new Driver(answers).run('allocateVnet', {
    ...requestInput,
    bounds: { ...requestInput.bounds, retrySeconds },
  });

/** Virtual seconds between the attempts to deploy. */
function delays({ calls }: Run): number[] {
  const at = calls
    .filter(({ activity }) => activity === 'deployVirtualNetwork')
    .map((one) => one.at);
  return at.slice(1).map((time, index) => time - (at[index] ?? 0));
}

/** How the request ended, as it was recorded. */
const recorded = endOf;

it('an activity is tried again after 1, 2, 4, ... seconds, at most a minute', () => {
  const run = allocate({ deployVirtualNetwork: () => busy() }, 250);
  expect(delays(run)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

it('an activity is tried again when Azure asked for it', () => {
  const asked = [7, 20, 70];
  const run = allocate({
    deployVirtualNetwork: ({ attempt }) => {
      const seconds = asked[attempt - 1];
      return seconds === undefined ? success({}) : busy(seconds);
    },
  });
  expect(delays(run)).toEqual(asked);
  expect(run.output).toBe('succeeded');
});

it('an activity is not tried faster than that when Azure asks for less', () => {
  const run = allocate({ deployVirtualNetwork: () => busy(0.5) }, 20);
  expect(delays(run)).toEqual([1, 2, 4, 8]);
});

it('an activity is given up when the next attempt would come after the time for it, with the last cause', () => {
  const run = allocate({ deployVirtualNetwork: () => busy(40) });
  expect(delays(run)).toEqual([40, 40]);
  expect(recorded(run)).toMatchObject({
    state: 'failed',
    error: {
      code: 'RetriesExhausted',
      message: 'Gave up after 3 attempts. It is busy.',
      cause: expect.stringContaining('ResourceBusy: '),
    },
  });
});

it.each(['terminal', 'operator'] as const)('an error of the kind %s is not tried again', (kind) => {
  const run = allocate({
    deployVirtualNetwork: () => failure(vendingError('AzureRefused', 'No.', { kind })),
  });
  expect(delays(run)).toEqual([]);
});

it('an activity that fails in an unforeseen way is tried again', () => {
  const run = allocate({
    deployVirtualNetwork: ({ attempt }) => {
      if (attempt < 3) throw new Error('disk full');
      return success({});
    },
  });
  expect(run.output).toBe('succeeded');
});

it('an unforeseen failure is told with its message, bounded, and without the stack', () => {
  // As durable-functions joins message and stack.
  const failing = (message: string): Answers => ({
    deployVirtualNetwork: () => {
      throw new Error(`${message} \n Error: ${message}\n    at some-file.ts:1:1`);
    },
  });
  const short = JSON.stringify(recorded(allocate(failing('disk full'))));
  expect(short).toContain('disk full');
  expect(short).not.toContain('some-file');
  const long = JSON.stringify(recorded(allocate(failing('x'.repeat(1_000)))));
  expect(long).not.toContain('x'.repeat(600));
});

it('an accepted operation is not looked at before Azure asked for it', () => {
  const { calls } = allocate({
    deployVirtualNetwork: () => success({ retryAfterSeconds: 3 }),
    trackDeployment: () => failure(vendingError('OperationFailed', 'No.')),
    deleteVirtualNetwork: () => success({ retryAfterSeconds: 10 }),
  });
  const firstAt = (name: string) => calls.find(({ activity }) => activity === name)?.at ?? 0;
  expect(firstAt('trackDeployment') - firstAt('deployVirtualNetwork')).toBe(3);
  expect(firstAt('trackDeletion') - firstAt('deleteVirtualNetwork')).toBe(10);
});
