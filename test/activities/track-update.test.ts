import { describe, expect, it } from 'vitest';
import type { UpdateStep } from '../../src/activities/activity-contracts.ts';
import { trackUpdate } from '../../src/activities/associate/track-update.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { success } from '../../src/model/outcome.ts';
import { associated } from './association-bench.ts';
import { refused, requestId, stepInput } from './workbench.ts';

const operationUrl = 'https://azure.example/update';

/** A request whose step has sent its PUT; `of` may be another step in the same state. */
async function sent(of: UpdateStep = 'associate') {
  const bench = await associated();
  await bench.ledger.putStepState(requestId, of, { outcome: 'accepted', operationUrl });
  const track = () => trackUpdate({ ...stepInput, of }, bench.dependencies);
  return { ...bench, track };
}

const isDone = { ok: true, value: { done: true } };
const isRunning = { ok: true, value: { done: false } };

/** What a poll may answer of an operation that nobody can tell about any more. */
const unknown: readonly ErrorCode[] = [
  'NotFound',
  'OperationSuperseded',
  'AzureAnswerInvalid',
  'PermissionMissing',
];

describe('a look at the change of a VNet', () => {
  it('asks for the operation that the step started, and shows in the timeline', async () => {
    const { azure, timeline, track } = await sent();
    const urls: string[] = [];
    azure.pollOperation = async (_target, url) => {
      urls.push(url);
      return success({ status: urls.length > 1 ? 'succeeded' : 'running', retryAfterSeconds: 17 });
    };
    expect(await track()).toEqual(
      success({ done: false, cancelRequested: false, retryAfterSeconds: 17 }),
    );
    expect(await track()).toMatchObject(isDone);
    expect(urls).toEqual([operationUrl, operationUrl]);
    expect((await timeline()).slice(-2)).toEqual([
      'the-step waiting: Azure is changing the VNet.',
      'the-step succeeded: Azure has changed the VNet.',
    ]);
  });

  it.each(unknown)('tells by the VNet where the operation is unknown: %s', async (code) => {
    const { azure, track } = await sent();
    azure.pollOperation = async () => refused(code);
    expect(await track()).toMatchObject(isDone);
    azure.wire['properties'].provisioningState = 'Updating';
    expect(await track()).toMatchObject(isRunning);
    azure.wire['properties'].provisioningState = 'Failed';
    expect(await track()).toMatchObject({
      error: { code: 'OperationFailed', message: expect.stringContaining('Failed') },
    });
  });

  it('tells by the VNet where the answer of the PUT was lost', async () => {
    const { azure, ledger, track } = await sent();
    await ledger.putStepState(requestId, 'associate', { outcome: 'unknown' });
    azure.pollOperation = () => Promise.reject(new Error('there is none'));
    azure.wire['properties'].provisioningState = 'Updating';
    expect(await track()).toMatchObject(isRunning);
  });

  it.each<ErrorCode>(['OperationFailed', 'Throttled', 'AzureUnavailable'])(
    'hands on what the poll does tell: %s',
    async (code) => {
      const { azure, track } = await sent();
      azure.pollOperation = async () => refused(code);
      expect(await track()).toMatchObject({ error: { code } });
    },
  );

  it.each(['associate', 'disassociate'] as const)(
    'of %s honours a cancellation, and tells a VNet that disappeared',
    async (of) => {
      const { azure, decide, track } = await sent(of);
      azure.pollOperation = async () =>
        success({ status: 'running', retryAfterSeconds: undefined });
      await decide('cancel');
      expect(await track()).toEqual(success({ done: false, cancelRequested: true }));
      azure.pollOperation = async () => refused('NotFound');
      azure.virtualNetwork = null;
      expect(await track()).toMatchObject({ error: { code: 'VirtualNetworkChanged' } });
    },
  );

  it.each(['undo-association', 'undo-disassociation'] as const)(
    'of %s cannot be cancelled, and needs no VNet that is gone',
    async (of) => {
      const { azure, decide, track } = await sent(of);
      azure.pollOperation = async () =>
        success({ status: 'running', retryAfterSeconds: undefined });
      await decide('cancel');
      expect(await track()).toEqual(success({ done: false }));
      azure.pollOperation = async () => refused('NotFound');
      azure.virtualNetwork = null;
      expect(await track()).toMatchObject(isDone);
    },
  );

  it('is not needed by a step that sent nothing, however the VNet fares', async () => {
    const { azure, ledger, track } = await sent('undo-association');
    await ledger.putStepState(requestId, 'undo-association', {});
    azure.wire['properties'].provisioningState = 'Failed';
    expect(await track()).toMatchObject(isDone);
  });
});
