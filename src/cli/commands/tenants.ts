import type { Command } from 'commander';
import { renderTenantList } from '../render/tenant-list.ts';
import type { OpenSession } from './open-session.ts';

export function addTenantsCommand(program: Command, open: OpenSession): void {
  program
    .command('tenants')
    .summary('list the managed tenants')
    .description('Lists the managed tenants, their subscriptions and resource groups.')
    .action(async (_options: unknown, self: Command) => {
      const session = open(self);
      session.answer(await session.api.listTenants(), ({ tenants }, look) =>
        renderTenantList(tenants, look),
      );
    });
}
