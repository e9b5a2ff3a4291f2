import type { Command } from 'commander';
import type { TenantCheck } from '../../model/api/tenant-views.ts';
import { exitCodes } from '../exit-codes.ts';
import { renderDoctor } from '../render/doctor.ts';
import { type LandscapeCheck, renderLandscapeDoctor } from '../render/landscape-doctor.ts';
import type { Session } from '../session.ts';
import type { OpenSession } from './open-session.ts';

/** Tenants checked in one go: each check is dozens of calls of Azure, and the API counts it as ten. */
const mostAtOnce = 4;

export function addDoctorCommand(program: Command, open: OpenSession): void {
  program
    .command('doctor')
    .argument('[tenant]', 'alias of a managed tenant; without it all of them')
    .summary('check the prerequisites of one tenant, or of all')
    .description(
      'Checks every prerequisite of a managed tenant, or of the whole landscape as a table, and says what to do about those that are not met.',
    )
    .action(async (tenant: string | undefined, _options: unknown, self: Command) => {
      const session = open(self);
      const check =
        tenant === undefined ? await checkLandscape(session) : await checkOne(session, tenant);
      if (!check.ready) session.exitCode = exitCodes.failedChecks;
    });
}

async function checkOne(session: Session, alias: string): Promise<TenantCheck> {
  const check = await session.api.checkTenant(alias);
  session.answer(check, renderDoctor);
  return check;
}

async function checkLandscape(session: Session): Promise<LandscapeCheck> {
  const { tenants } = await session.api.listTenants();
  const checks: TenantCheck[] = [];
  for (let index = 0; index < tenants.length; index += mostAtOnce) {
    const some = tenants.slice(index, index + mostAtOnce);
    if (session.isInteractive) {
      session.note(`Checking ${some.map(({ alias }) => alias).join(', ')} ...`);
    }
    checks.push(...(await Promise.all(some.map(({ alias }) => session.api.checkTenant(alias)))));
  }
  const check = { ready: checks.every(({ ready }) => ready), tenants: checks };
  session.answer(check, renderLandscapeDoctor);
  return check;
}
