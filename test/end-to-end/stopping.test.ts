import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { putOfVirtualNetwork, smallRequest, timelineOf } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

it('a stop in the middle of the PUT lets it end, and the next start goes on behind it', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'vnet-vending-test-'));
  onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true }));
  const first = await TestPlatform.start({ dataDirectory });
  const { clock } = first;
  await first.control.addFault({
    match: { ...putOfVirtualNetwork, times: 1 },
    // Of real time.
    effect: { delayMs: 400 },
  });
  await first.send(smallRequest(first, 'STOP-1'));
  while ((await first.control.faultsApplied()) === 0) {
    // Not `runUntil`: while the PUT is under way the platform is not idle.
    if (first.platform.host.isIdle()) clock.advanceTo(clock.nextDueAt() ?? clock.now());
    await sleep(1);
  }
  let isClosed = false;
  const closed = first.close().then(() => {
    isClosed = true;
  });
  await sleep(50);
  expect(isClosed).toBe(false);
  await closed;

  const second = await TestPlatform.start({ dataDirectory, clock });
  onTestFinished(() => second.close());
  expect((await second.runToEnd('STOP-1')).state).toBe('succeeded');
  const deploys = (await timelineOf(second, 'STOP-1')).filter((line) => line.startsWith('deploy '));
  const puts = (await second.control.requests()).filter(({ method }) => method === 'PUT');
  expect(puts).toEqual([]);
  expect(deploys).toEqual(['deploy succeeded: Azure accepted vnet-stop-1 in rg-payments.']);
});
