import type { Look, Paint } from './look.ts';
import { hang, padEnd, padStart, textWidth, truncate } from './text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be cut when the window is narrow; down to this many columns. */
  readonly shrinkTo?: number;
  /** May be left out when the window is narrower still; the one with the highest number goes first. */
  readonly drop?: number;
}

export interface Cell {
  readonly text: string;
  readonly paint?: Paint | undefined;
}

const gap = '  ';

/**
 * Rows in columns; in a window that is too narrow for them with fewer columns, and at last row by
 * row, with all of them and the titles in front.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly (Cell | string)[])[],
  look: Look,
): string[] {
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)),
  );
  let shown = columns.map((column, index) => ({ column, index }));
  for (;;) {
    const kept = shown.map(({ column }) => column);
    const keptCells = cells.map((row) => shown.map(({ index }) => row[index] ?? { text: '' }));
    const widths = widthsThatFit(kept, keptCells, look);
    if (widths) return renderColumns(kept, keptCells, widths, look);
    const last = Math.max(...kept.map(({ drop = 0 }) => drop));
    if (last === 0) return renderCards(columns, cells, look);
    shown = shown.filter(({ column }) => column.drop !== last);
  }
}

/** The widths of the columns; undefined when they do not fit. */
function widthsThatFit(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  look: Look,
): number[] | undefined {
  const widths = columns.map(({ title }, index) =>
    Math.max(textWidth(title), ...rows.map((row) => textWidth(row[index]?.text ?? ''))),
  );
  const room = look.width - gap.length * (columns.length - 1);
  for (;;) {
    if (widths.reduce((sum, width) => sum + width, 0) <= room) return widths;
    // The widest gives first: what is cut is to be as much as possible still.
    const [widest] = columns
      .map(({ shrinkTo = Number.POSITIVE_INFINITY }, index) => ({
        index,
        width: widths[index] ?? 0,
        shrinkTo,
      }))
      .filter(({ width, shrinkTo }) => width > shrinkTo)
      .sort((one, other) => other.width - one.width);
    if (widest === undefined) return undefined;
    widths[widest.index] = widest.width - 1;
  }
}

function renderColumns(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  widths: readonly number[],
  look: Look,
): string[] {
  const { bold } = look.colours;
  const line = (row: readonly Cell[]): string =>
    columns
      .map(({ align }, index) => {
        const { text = '', paint = unpainted } = row[index] ?? {};
        const width = widths[index] ?? 0;
        const cut = truncate(text, width, look.glyphs.ellipsis);
        const padded = align === 'right' ? padStart(cut, width) : padEnd(cut, width);
        // The last one ends where its text ends: spaces at the end of a line are in the way of who
        // copies it.
        return paint(index === columns.length - 1 && align !== 'right' ? cut : padded);
      })
      .join(gap)
      .trimEnd();
  return [line(columns.map(({ title }) => ({ text: title, paint: bold }))), ...rows.map(line)];
}

function renderCards(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  look: Look,
): string[] {
  const { bold, dim } = look.colours;
  const indent = Math.max(0, ...columns.slice(1).map(({ title }) => textWidth(title))) + 4;
  return rows.flatMap((row, number) => {
    const [first, ...others] = row;
    const head = truncate(first?.text ?? '', look.width, look.glyphs.ellipsis);
    const lines = others.flatMap(({ text, paint = unpainted }, index) => {
      if (text === '') return [];
      const [start = '', ...rest] = hang(
        padEnd(`  ${columns[index + 1]?.title ?? ''}`, indent),
        text,
        look.width,
      );
      return [dim(start.slice(0, indent)) + paint(start.slice(indent)), ...rest.map(paint)];
    });
    return [...(number === 0 ? [] : ['']), (first?.paint ?? bold)(head), ...lines];
  });
}

const unpainted: Paint = (text) => text;
