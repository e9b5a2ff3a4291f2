import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import color from 'picocolors';
import { readLandscapeFile } from '../landscape/landscape-file.ts';
import { startPlatform } from '../platform.ts';
import { Approving } from './approving.ts';
import { Giving } from './giving.ts';
import { Stage } from './stage.ts';
import { TakingBack } from './taking-back.ts';

/** Slow enough to watch, fast enough to wait for. */
const speed = 8;

export async function runDemo(): Promise<void> {
  const startedAt = Date.now();
  const dataDirectory = mkdtempSync(join(tmpdir(), 'vnet-vending-demo-'));
  const platform = await startPlatform({
    landscapeFile: readLandscapeFile(),
    dataDirectory,
    speed,
    ports: { api: 0, amqp: 0, azure: 0 },
  });
  console.log(
    `The local platform runs: emulated Azure (three tenants), Service Bus, Functions host. Azure is ${speed} times faster here than there.`,
  );
  const stage = new Stage(platform);
  try {
    const giving = new Giving(stage);
    await giving.allocate();
    await giving.repeat();
    await giving.reject();
    await giving.refuse();
    await new Approving(stage).approve();
    const takingBack = new TakingBack(stage);
    await takingBack.associate();
    await takingBack.disassociate();
    await takingBack.remove();
    await takingBack.compensate();
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(`\nAll of it in ${seconds} s. To go on by yourself: ${color.bold('npm start')}\n`);
  } finally {
    await stage.close();
    await platform.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}
