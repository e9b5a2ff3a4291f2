import type { Look, Paint } from './look.ts';
import { hang, padEnd, textWidth } from './text.ts';

/** One line `label  text`; empty texts are left out. */
export type Fact = readonly [label: string, text: string | undefined, paint?: Paint];

/** Labels in one column and texts, folded, in another. */
export function renderFacts(facts: readonly Fact[], look: Look, indent = '  '): string[] {
  const shown = facts.filter(([, text]) => text !== undefined && text !== '');
  const width = Math.max(...shown.map(([label]) => textWidth(label))) + indent.length + 2;
  return shown.flatMap(([label, text = '', paint]) => {
    const [first = '', ...rest] = hang(padEnd(indent + label, width), text, look.width);
    const painted = paint ?? ((line: string) => line);
    return [
      look.colours.dim(first.slice(0, width)) + painted(first.slice(width)),
      ...rest.map(painted),
    ];
  });
}

/** A title with lines below it; nothing without lines. */
export const renderSection = (title: string, lines: readonly string[], look: Look): string[] =>
  lines.length === 0 ? [] : ['', look.colours.bold(title), ...lines];

/** `  <mark> text`, folded below the text. */
export function renderItem(mark: string, text: string, look: Look, paint?: Paint): string[] {
  const lines = hang(`  ${mark} `, text, look.width);
  return paint ? lines.map((line) => paint(line)) : lines;
}
