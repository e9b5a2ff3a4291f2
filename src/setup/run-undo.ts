import type { SetupContext } from './context.ts';
import { waitUntil } from './context.ts';
import { reportOf, type StepReport } from './report.ts';
import { type RunOptions, walk } from './run-setup.ts';
import { SetupError } from './setup-error.ts';
import type { Step } from './step.ts';

/** Those that have to be signed in first, then the others, last made first. */
function undoOrder(steps: readonly Step[]): readonly Step[] {
  const signIns = steps.filter((step) => step.id.startsWith('sign-in '));
  const others = steps.filter((step) => !signIns.includes(step));
  return [...signIns, ...others.reverse()];
}

/**
 * What a step is kept by: one that builds on it and stays, or could not be taken away, or whose tenant nobody
 * is signed in to.
 */
const keptBy =
  (steps: readonly Step[]) =>
  (step: Step, reports: ReadonlyMap<string, StepReport>): StepReport | undefined => {
    const outcomeOf = (id: string) => reports.get(id)?.outcome;
    if (outcomeOf(`sign-in ${step.tenant.tenantId}`) === 'failed') {
      return reportOf(step, 'not-reached', `waits for: sign-in ${step.tenant.tenantId}`);
    }
    const above = steps.filter(({ needs }) => needs.includes(step.id));
    const failed = above.find(({ id }) => ['failed', 'not-reached'].includes(outcomeOf(id) ?? ''));
    if (failed) return reportOf(step, 'not-reached', `waits for: ${failed.id}`);
    const staying = above.find(({ id }) => outcomeOf(id) === 'stays');
    return staying && reportOf(step, 'stays', `still needed by: ${staying.id}`);
  };

/** What `undoSetup` would take away, and what stays, and why. */
export const planUndo = (
  steps: readonly Step[],
  options: RunOptions = {},
): Promise<readonly StepReport[]> =>
  walk(
    undoOrder(steps),
    options,
    async (step) => {
      if (step.id.startsWith('sign-in ')) return await signedIn(step);
      const found = await step.find?.();
      if (!found) return undefined;
      const { isOurs, detail, inUse } = found;
      if (!isOurs) return stays(step, detail, 'the set-up did not make it');
      if (step.isContainer) {
        return reportOf(step, 'would-remove', `${detail}, if nothing else is in it`);
      }
      return inUse === undefined
        ? reportOf(step, 'would-remove', detail)
        : stays(step, detail, inUse);
    },
    keptBy(steps),
  );

/** Takes back what the set-up made and nobody uses, in reverse order. Safe to repeat. */
export const undoSetup = (
  { waiting }: SetupContext,
  steps: readonly Step[],
  options: RunOptions = {},
): Promise<readonly StepReport[]> =>
  walk(
    undoOrder(steps),
    options,
    async (step) => {
      if (step.id.startsWith('sign-in ')) return await signedIn(step);
      const found = await step.find?.();
      if (!found) return undefined;
      const { isOurs, detail, inUse } = found;
      if (!isOurs) return stays(step, detail, 'the set-up did not make it');
      if (inUse !== undefined) return stays(step, detail, inUse);
      try {
        await step.remove?.();
      } catch (error) {
        if (error instanceof SetupError && error.code === 'Conflict') {
          return stays(step, detail, error.why ?? error.message);
        }
        throw error;
      }
      await waitUntil(
        waiting,
        waiting.replicationSeconds,
        async () => !(await step.find?.())?.isOurs,
        () => stillThere(step),
      );
      return reportOf(step, 'removed', detail);
    },
    keptBy(steps),
  );

async function signedIn(step: Step): Promise<StepReport> {
  return reportOf(step, 'unchanged', (await step.look()).detail);
}

const stays = (step: Step, detail: string, why: string): StepReport =>
  reportOf(step, 'stays', `${detail}: ${why}`);

const stillThere = ({ id }: Step): SetupError =>
  new SetupError('NotYet', `Azure accepted it, and still shows it: ${id}.`, {
    remedy: 'Undo the set-up again in a while.',
  });
