import type { PlanPreview } from '../../model/api/request-views.ts';
import { renderError } from './error-lines.ts';
import type { Look } from './look.ts';
import { renderPlan } from './plan-lines.ts';
import { hang } from './text.ts';

/** What a request would do, or why it could not. */
export function renderPreview({ plan, error, riskFlags }: PlanPreview, look: Look): string[] {
  const { bold, green } = look.colours;
  const verdict = error
    ? renderError(
        { message: error.message, why: error.cause, remedy: error.remedy, code: error.code },
        look,
      )
    : hang(
        `${look.glyphs.done} `,
        'The plan could be carried out. Nothing was recorded or changed.',
        look.width,
      ).map(green);
  return [...(plan ? [bold('Plan'), ...renderPlan(plan, riskFlags, look), ''] : []), ...verdict];
}
