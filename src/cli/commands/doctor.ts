import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { renderDoctor } from '../render/doctor.ts';
import type { OpenSession } from './open-session.ts';

export function addDoctorCommand(program: Command, open: OpenSession): void {
  program
    .command('doctor')
    .argument('<tenant>', 'alias of a managed tenant')
    .summary('check the prerequisites of a tenant')
    .description(
      'Checks every prerequisite of a managed tenant, and says what to do about those that are not met.',
    )
    .action(async (tenant: string, _options: unknown, self: Command) => {
      const session = open(self);
      const check = await session.api.checkTenant(tenant);
      session.answer(check, renderDoctor);
      if (!check.ready) session.exitCode = exitCodes.failedChecks;
    });
}
