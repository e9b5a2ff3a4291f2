import { expect, it } from 'vitest';
import { recordCompensation } from '../../src/activities/records/record-compensation.ts';
import { note } from '../../src/activities/step.ts';
import { vendingError } from '../../src/model/errors.ts';
import { startWorkbench, stepInput } from './workbench.ts';

const input = { ...stepInput, step: 'compensate-detach-peerings' };
const error = vendingError('AzureRefused', 'The lock stays.', { remedy: 'Remove the lock.' });

it('a compensation is told as taken back, beside what its own steps told', async () => {
  const { dependencies, timeline } = await startWorkbench();
  await note(dependencies, input, 'succeeded', 'The peerings are there.');
  await recordCompensation(input, dependencies);
  await recordCompensation({ ...input, attempt: 2 }, dependencies);
  expect(await timeline()).toEqual([
    'compensate-detach-peerings succeeded: The peerings are there.',
    'compensate-detach-peerings succeeded: Taken back.',
  ]);
});

it('one that failed is told with what happened and what to do, once for each resumption', async () => {
  const { dependencies, timeline } = await startWorkbench();
  await recordCompensation({ ...input, error }, dependencies);
  await recordCompensation({ ...input, error, resumption: 1 }, dependencies);
  await recordCompensation({ ...input, error, resumption: 1 }, dependencies);
  await recordCompensation({ ...input, resumption: 2 }, dependencies);
  const failed =
    'compensate-detach-peerings failed: Could not be taken back: The lock stays. Remove the lock.';
  expect(await timeline()).toEqual([
    failed,
    failed,
    'compensate-detach-peerings succeeded: Taken back.',
  ]);
});
