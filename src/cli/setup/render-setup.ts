import type { StepOutcome, StepReport } from '../../setup/report.ts';
import { renderError } from '../render/error-lines.ts';
import type { Look, Paint } from '../render/look.ts';
import { renderTable } from '../render/table.ts';
import { hang } from '../render/text.ts';

export interface SetupMode {
  readonly undo: boolean;
  readonly dryRun: boolean;
}

/** The steps as a table, below it what failed and why, at last the verdict. */
export function renderSetup(mode: SetupMode, steps: readonly StepReport[], look: Look): string[] {
  const shown = steps.filter(({ id }) => !id.startsWith('sign-in ')).concat(failedSignIns(steps));
  const rows = shown.map((step) => {
    const [mark, paint] = markOf(step.outcome, look);
    return [
      { text: `${mark} ${nameOf(step.id, step.tenant)}`, paint },
      { text: step.tenant.name },
      { text: wordOf[step.outcome], paint },
      { text: step.outcome === 'not-reached' ? shortened(step.detail) : step.detail },
    ];
  });
  const table = renderTable(
    [
      { title: '  step', shrinkTo: 24 },
      { title: 'in', shrinkTo: 10, drop: 2 },
      { title: mode.dryRun ? 'would be' : 'is' },
      { title: '', shrinkTo: 20, drop: 1 },
    ],
    rows,
    look,
  );
  const failures = steps.flatMap(({ error }) =>
    error === undefined ? [] : ['', ...renderError(error, look)],
  );
  return [...(rows.length > 0 ? table : []), ...failures, ...verdict(mode, steps, look)];
}

/** A line while it goes on; only of what does something. */
export function renderProgress({ id, outcome, tenant }: StepReport): readonly string[] {
  const isTold = ['made', 'changed', 'removed', 'failed'].includes(outcome);
  return isTold ? [`${wordOf[outcome]}: ${nameOf(id, tenant)} (${tenant.name})`] : [];
}

const failedSignIns = (steps: readonly StepReport[]): readonly StepReport[] =>
  steps.filter(({ id, outcome }) => id.startsWith('sign-in ') && outcome === 'failed');

/** The next column says which tenant; of other GUIDs the beginning is enough for the eye. */
const nameOf = (id: string, { tenantId }: StepReport['tenant']): string =>
  shortened(id.replace(` ${tenantId}`, ''));

const shortened = (text: string): string =>
  text.replaceAll(/([\da-f]{8})(-[\da-f]{4}){3}-[\da-f]{12}/gi, '$1');

const wordOf: Readonly<Record<StepOutcome, string>> = {
  unchanged: 'as it should be',
  unknown: 'not looked at',
  'would-make': 'made',
  'would-change': 'changed',
  made: 'made',
  changed: 'changed',
  'would-remove': 'taken away',
  removed: 'taken away',
  stays: 'left as it is',
  kept: 'still needed',
  failed: 'failed',
  'not-reached': 'not reached',
};

function markOf(outcome: StepOutcome, { colours, glyphs }: Look): readonly [string, Paint] {
  switch (outcome) {
    case 'unchanged':
      return [glyphs.done, colours.green];
    case 'unknown':
      return [glyphs.unknown, colours.yellow];
    case 'made':
    case 'would-make':
      return ['+', colours.green];
    case 'changed':
    case 'would-change':
      return ['~', colours.yellow];
    case 'removed':
    case 'would-remove':
      return ['-', colours.yellow];
    case 'kept':
      return [glyphs.information, colours.yellow];
    case 'stays':
      return [glyphs.information, colours.dim];
    case 'failed':
      return [glyphs.failed, colours.red];
    case 'not-reached':
      return [glyphs.waiting, colours.dim];
  }
}

function keptText({ dryRun }: SetupMode, changed: number, kept: number): string {
  const done = `${changed} ${changed === 1 ? 'change' : 'changes'}${dryRun ? ', nothing was done' : ''}`;
  const stay = kept === 1 ? '1 thing that setup made stays' : `${kept} things that setup made stay`;
  return `${done}; ${stay}, for the reasons above. Undo again when they are gone.`;
}

function verdict(mode: SetupMode, steps: readonly StepReport[], look: Look): string[] {
  const count = (...outcomes: readonly StepOutcome[]) =>
    steps.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const failed = count('failed');
  const changed = count('made', 'changed', 'removed', 'would-make', 'would-change', 'would-remove');
  const { green, red } = look.colours;
  const line = (mark: string, text: string, paint: Paint) => [
    '',
    ...hang(`${mark} `, text, look.width).map(paint),
  ];
  if (failed > 0) {
    const rest = count('not-reached');
    const waiting = rest > 0 ? `, ${rest} wait for them` : '';
    const text = `${failed} ${failed === 1 ? 'step' : 'steps'} failed${waiting}; ${changed} ${mode.dryRun ? 'would change' : 'changed'}.`;
    return line(look.glyphs.failed, text, red);
  }
  const kept = count('kept');
  if (kept > 0) {
    return line(look.glyphs.information, keptText(mode, changed, kept), look.colours.yellow);
  }
  if (changed === 0) {
    return line(look.glyphs.done, mode.undo ? 'Nothing to take back.' : 'All is set up.', green);
  }
  const things = `${changed} ${changed === 1 ? 'change' : 'changes'}`;
  if (mode.dryRun) return line(look.glyphs.information, `${things}; nothing was done.`, green);
  const text = mode.undo
    ? `${things}: what setup made is taken back.`
    : `${things}: all is set up. Next: vnetv doctor.`;
  return line(look.glyphs.done, text, green);
}
