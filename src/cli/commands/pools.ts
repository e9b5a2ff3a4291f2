import type { Command } from 'commander';
import { renderPoolList } from '../render/pool-list.ts';
import { renderPoolMap } from '../render/pool-map.ts';
import type { OpenSession } from './open-session.ts';

export function addPoolsCommand(program: Command, open: OpenSession): void {
  program
    .command('pools')
    .argument('[alias]', 'pool')
    .summary('show how full the pools are')
    .description('Shows how full the pools are; of one pool also its map and who holds what.')
    .action(async (alias: string | undefined, _options: unknown, self: Command) => {
      const session = open(self);
      if (alias === undefined) {
        session.answer(await session.api.listPools(), ({ pools }, look) =>
          pools.length === 0 ? ['No pools.'] : renderPoolList(pools, look),
        );
      } else {
        session.answer(await session.api.getPool(alias), renderPoolMap);
      }
    });
}
