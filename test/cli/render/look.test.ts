import { describe, expect, it } from 'vitest';
import { lookOf } from '../../../src/cli/render/look.ts';

const terminal = { write() {}, isTTY: true, columns: 80 };
const pipe = { write() {} };
const look = (
  output: { write(): void; isTTY?: boolean; columns?: number },
  env: Record<string, string> = {},
  options: { colour?: boolean; platform?: string } = {},
) => lookOf({ output, env: { TERM: 'xterm-256color', ...env }, platform: 'linux', ...options });

const isColoured = (found: ReturnType<typeof look>) => found.colours.red('x') !== 'x';

describe('the look of an output', () => {
  it('has colours on a terminal, and nowhere else unless they are forced', () => {
    expect(isColoured(look(terminal))).toBe(true);
    expect(isColoured(look(pipe))).toBe(false);
    expect(isColoured(look(pipe, { FORCE_COLOR: '1' }))).toBe(true);
    expect(isColoured(look(terminal, { FORCE_COLOR: '0' }))).toBe(false);
  });

  it('has none with NO_COLOR, --no-color, or a dumb terminal; NO_COLOR wins over FORCE_COLOR', () => {
    expect(isColoured(look(terminal, { NO_COLOR: '1' }))).toBe(false);
    expect(isColoured(look(terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }))).toBe(false);
    expect(isColoured(look(terminal, { NO_COLOR: '' }))).toBe(true);
    expect(isColoured(look(terminal, {}, { colour: false }))).toBe(false);
    expect(isColoured(look(terminal, { TERM: 'dumb' }))).toBe(false);
  });

  it('has the width of the terminal, that of COLUMNS elsewhere, or no end', () => {
    expect(look(terminal).width).toBe(80);
    expect(look({ ...terminal, columns: 4 }).width).toBe(20);
    expect(look(pipe, { COLUMNS: '100' }).width).toBe(100);
    expect(look(pipe).width).toBe(Number.POSITIVE_INFINITY);
    expect(look(pipe, { COLUMNS: 'wide' }).width).toBe(Number.POSITIVE_INFINITY);
  });

  it('keeps to ASCII where the locale or the terminal knows no more', () => {
    expect(look(terminal).glyphs.done).toBe('✓');
    expect(look(terminal, { LANG: 'de_DE.UTF-8' }).glyphs.done).toBe('✓');
    expect(look(terminal, { LANG: 'C' }).glyphs.done).toBe('+');
    expect(look(terminal, { LC_ALL: 'de_DE.ISO-8859-1', LANG: 'de_DE.UTF-8' }).glyphs.done).toBe(
      '+',
    );
    expect(look(terminal, { TERM: 'linux' }).glyphs.done).toBe('+');
    expect(look(terminal, { LANG: 'C' }, { platform: 'win32' }).glyphs.done).toBe('✓');
  });
});
