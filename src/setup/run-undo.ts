import type { SetupContext } from './context.ts';
import { waitUntil } from './context.ts';
import { reportOf, type StepReport } from './report.ts';
import { type RunOptions, walk } from './run-setup.ts';
import { SetupError } from './setup-error.ts';
import type { Leftover, Step } from './step.ts';

/** Why steps may not be undone, by their ids. */
export type Holds = ReadonlyMap<string, string>;

/** Those that have to be signed in first, then the others, last made first. */
function undoOrder(steps: readonly Step[]): readonly Step[] {
  const signIns = steps.filter((step) => step.id.startsWith('sign-in '));
  const others = steps.filter((step) => !signIns.includes(step));
  return [...signIns, ...others.reverse()];
}

/** All that build on a step, directly or not: one between may have nothing to be undone. */
function above(steps: readonly Step[], { id }: Step): readonly Step[] {
  const direct = steps.filter(({ needs }) => needs.includes(id));
  return [...new Set(direct.flatMap((step) => [step, ...above(steps, step)]))];
}

/** Not tried: one that builds on it could not be taken away, or nobody is signed in to its tenant. */
const stoppedBy =
  (steps: readonly Step[]) =>
  (step: Step, reports: ReadonlyMap<string, StepReport>): StepReport | undefined => {
    const outcomeOf = (id: string) => reports.get(id)?.outcome;
    if (outcomeOf(`sign-in ${step.tenant.tenantId}`) === 'failed') {
      return reportOf(step, 'not-reached', `waits for: sign-in ${step.tenant.tenantId}`);
    }
    const failed = above(steps, step).find(({ id }) =>
      ['failed', 'not-reached'].includes(outcomeOf(id) ?? ''),
    );
    return failed && reportOf(step, 'not-reached', `waits for: ${failed.id}`);
  };

interface Undoing {
  readonly steps: readonly Step[];
  readonly holds: Holds;
}

/** What stays, and why; undefined: it may go. */
function staying(
  { steps, holds }: Undoing,
  step: Step,
  { isOurs, detail, isNote }: Leftover,
  reports: ReadonlyMap<string, StepReport>,
): StepReport | undefined {
  if (!isOurs) return reportOf(step, 'stays', `${detail}: the set-up did not make it`);
  const held = holds.get(step.id);
  if (held !== undefined) return reportOf(step, 'kept', `${detail}: ${held}`);
  if (isNote) return undefined;
  const on = above(steps, step).find(({ id }) =>
    ['stays', 'kept'].includes(reports.get(id)?.outcome ?? ''),
  );
  if (on) return reportOf(step, 'kept', `${detail}: still needed by: ${on.id}`);
  return step.keepsUnlessAsked === undefined
    ? undefined
    : reportOf(step, 'stays', `${detail}: ${step.keepsUnlessAsked}`);
}

/** Goes through the steps in the order of an undo; `act` is asked about what may go. */
function undoWith(
  steps: readonly Step[],
  options: RunOptions,
  holds: Holds,
  act: (step: Step, found: Leftover) => StepReport | Promise<StepReport>,
): Promise<readonly StepReport[]> {
  return walk(
    undoOrder(steps),
    options,
    async (step, reports) => {
      if (step.id.startsWith('sign-in ')) return await signedIn(step);
      const found = await step.find?.();
      if (!found) return undefined;
      return staying({ steps, holds }, step, found, reports) ?? (await act(step, found));
    },
    stoppedBy(steps),
  );
}

/** What `undoSetup` would take away, and what stays, and why. */
export const planUndo = (
  steps: readonly Step[],
  options: RunOptions = {},
  holds: Holds = new Map(),
): Promise<readonly StepReport[]> =>
  undoWith(steps, options, holds, (step, found) => {
    const { detail, inUse } = found;
    if (step.isContainer) {
      return reportOf(step, 'would-remove', `${detail}, if nothing else is in it`);
    }
    return inUse === undefined ? reportOf(step, 'would-remove', detail) : used(step, found);
  });

/** Takes back what the set-up made and nobody uses, in reverse order. Safe to repeat. */
export const undoSetup = (
  { waiting }: SetupContext,
  steps: readonly Step[],
  options: RunOptions = {},
  holds: Holds = new Map(),
): Promise<readonly StepReport[]> =>
  undoWith(steps, options, holds, async (step, found) => {
    if (found.inUse !== undefined) return used(step, found);
    try {
      await step.remove?.();
    } catch (error) {
      if (error instanceof SetupError && error.code === 'Conflict') {
        return used(step, { ...found, inUse: error.why ?? error.message });
      }
      throw error;
    }
    await waitUntil(
      waiting,
      waiting.replicationSeconds,
      async () => !(await step.find?.())?.isOurs,
      () => stillThere(step),
    );
    return reportOf(step, 'removed', found.detail);
  });

async function signedIn(step: Step): Promise<StepReport> {
  return reportOf(step, 'unchanged', (await step.look()).detail);
}

const used = (step: Step, { detail, inUse }: Leftover): StepReport =>
  reportOf(step, 'kept', `${detail}: ${inUse}`);

const stillThere = ({ id }: Step): SetupError =>
  new SetupError('NotYet', `Azure accepted it, and still shows it: ${id}.`, {
    remedy: 'Undo the set-up again in a while.',
  });
