import { z } from 'zod';
import { stringsSchema } from '../azure/parse-answer.ts';
import { allows } from '../azure/permissions.ts';
import type { Administration } from './administration.ts';
import { parsed } from './answers.ts';
import { type Permission, type SetupContext, waitUntil } from './context.ts';
import { permissionMissing } from './explain.ts';
import { failureOf, reportOf, type StepReport } from './report.ts';
import { SetupError } from './setup-error.ts';
import type { Step } from './step.ts';
import { StoppedError } from './stopped-error.ts';

export interface RunOptions {
  /** Told of each step as soon as it is known what became of it. */
  readonly onReport?: (report: StepReport) => void;
  /** Told which step is being worked on. */
  readonly onStart?: (step: Step) => void;
  /** Asked between two steps. */
  readonly isStopped?: () => boolean;
}

/** Goes through steps in their order; one whose ground is missing is not tried. */
export async function walk(
  steps: readonly Step[],
  { onReport, onStart, isStopped }: RunOptions,
  visit: (step: Step, reports: ReadonlyMap<string, StepReport>) => Promise<StepReport | undefined>,
  blockedBy: (step: Step, reports: ReadonlyMap<string, StepReport>) => StepReport | undefined,
): Promise<readonly StepReport[]> {
  const reports = new Map<string, StepReport>();
  for (const step of steps) {
    if (isStopped?.()) throw new StoppedError('The set-up was stopped.');
    onStart?.(step);
    const report =
      blockedBy(step, reports) ??
      (await visit(step, reports).catch((error) => failureOf(step, error)));
    if (report === undefined || (step.silent && report.outcome === 'not-reached')) continue;
    reports.set(step.id, report);
    onReport?.(report);
  }
  return [...reports.values()];
}

/** The step that a step needs and that failed. Steps that do not build on it still run. */
function missingGround(
  step: Step,
  reports: ReadonlyMap<string, StepReport>,
): StepReport | undefined {
  const missing = step.needs.find((id) =>
    ['failed', 'not-reached'].includes(reports.get(id)?.outcome ?? ''),
  );
  return missing === undefined ? undefined : reportOf(step, 'not-reached', `waits for: ${missing}`);
}

/** What a run would do; asks, and changes nothing. */
export const planSetup = (
  { administration }: SetupContext,
  steps: readonly Step[],
  options: RunOptions = {},
): Promise<readonly StepReport[]> =>
  walk(
    steps,
    options,
    async (step) => {
      const { status, detail } = await step.look();
      if (status === 'present') return untouched(step, detail);
      if (status === 'unknown') return reportOf(step, 'unknown', detail);
      await requireRights(administration, step);
      return reportOf(step, status === 'missing' ? 'would-make' : 'would-change', detail);
    },
    missingGround,
  );

/** Makes what is missing. Safe to repeat, and to go on with after an interruption at any point. */
export const runSetup = (
  { administration, waiting }: SetupContext,
  steps: readonly Step[],
  options: RunOptions = {},
): Promise<readonly StepReport[]> =>
  walk(
    steps,
    options,
    async (step) => {
      const before = await step.look();
      if (before.status === 'present') return untouched(step, before.detail);
      if (before.status === 'unknown') return reportOf(step, 'unknown', before.detail);
      await requireRights(administration, step);
      await step.make();
      let detail = '';
      // What was written shows a little later at times, in directories above all.
      await waitUntil(
        waiting,
        waiting.replicationSeconds,
        async () => {
          const after = await step.look();
          detail = after.detail;
          return after.status === 'present' || after.status === 'unknown';
        },
        () => hadNoEffect(step),
      );
      return reportOf(step, before.status === 'missing' ? 'made' : 'changed', detail);
    },
    missingGround,
  );

const untouched = (step: Step, detail: string): StepReport | undefined =>
  step.silent ? undefined : reportOf(step, 'unchanged', detail);

const hadNoEffect = ({ id }: Step): SetupError =>
  new SetupError('NotYet', `Azure accepted it, and does not show it yet: ${id}.`, {
    remedy: 'Run the set-up again in a while; it goes on where it stopped.',
  });

const permissionsSchema = z.object({
  value: z.array(z.object({ actions: stringsSchema, notActions: stringsSchema })),
});

/** @throws SetupError when Resource Manager would refuse the step to whoever is signed in */
async function requireRights(administration: Administration, step: Step): Promise<void> {
  for (const { action, scopes } of step.rights ?? []) {
    const told = await rightsAt(administration, step, scopes);
    if (told && !allows(told.held, action)) {
      throw permissionMissing(action, told.scope, step.tenant, step.id);
    }
  }
}

/** What somebody may do at the first scope that exists; undefined where they may not even ask. */
async function rightsAt(
  administration: Administration,
  step: Step,
  scopes: readonly string[],
): Promise<{ readonly scope: string; readonly held: readonly Permission[] } | undefined> {
  for (const scope of scopes) {
    const answer = await administration.arm(step.tenant, {
      method: 'GET',
      path: `${scope}/providers/Microsoft.Authorization/permissions`,
      apiVersion: '2022-04-01',
      // Who may not ask, or not there, finds out when it is done.
      accept: [400, 403, 404, 405],
      doing: `Looking for your rights on ${scope}`,
    });
    if (answer.status < 300) return { scope, held: parsed(permissionsSchema, answer).value };
  }
  return undefined;
}
