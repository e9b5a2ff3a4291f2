import type { Look, Paint } from './look.ts';
import { printableText } from './printable.ts';
import { renderFacts } from './sections.ts';
import { hang } from './text.ts';

export interface ExplainedError {
  readonly message: string;
  readonly why?: string | undefined;
  readonly remedy?: string | undefined;
  readonly code?: string | undefined;
  /** JSON pointers to what is wrong. */
  readonly pointers?: readonly string[] | undefined;
}

/** What happened, why, and what to do: in this order, everywhere. */
export function renderError(error: ExplainedError, look: Look, indent = ''): string[] {
  const { red } = look.colours;
  const code = error.code === undefined ? '' : ` (${error.code})`;
  const head = hang(
    `${indent}${look.glyphs.failed} `,
    printableText(error.message + code),
    look.width,
  );
  const facts = renderFacts(
    [
      ['why', oneLine(error.why)],
      ['where', error.pointers?.map(printableText).join(', ')],
      ['what to do', oneLine(error.remedy)],
    ],
    look,
    `${indent}  `,
  );
  return [...head.map(red), ...facts];
}

/**
 * A look in which an error has another mark and colour: not everything that is told like one is a
 * failure.
 */
export const withMark = (look: Look, mark: string, paint: Paint): Look => ({
  ...look,
  colours: { ...look.colours, red: paint },
  glyphs: { ...look.glyphs, failed: mark },
});

const oneLine = (text: string | undefined) =>
  text === undefined ? undefined : printableText(text);
