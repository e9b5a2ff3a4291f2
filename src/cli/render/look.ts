import picocolors from 'picocolors';
import type { Output } from '../world.ts';

type Environment = Readonly<Record<string, string | undefined>>;
export type Paint = (text: string) => string;

/** What a request, a check or a piece of a pool looks like. */
export interface Glyphs {
  readonly done: string;
  readonly failed: string;
  readonly running: string;
  readonly waiting: string;
  readonly information: string;
  readonly unknown: string;
  readonly undo: string;
  readonly warning: string;
  readonly ellipsis: string;
  readonly line: string;
  readonly dot: string;
  /** Of bars and maps: allocated, reserved, free. */
  readonly full: string;
  readonly reserved: string;
  readonly free: string;
  /** Eighths of a cell, from nearly nothing to nearly all. */
  readonly eighths: readonly string[];
  /** From low to high. */
  readonly levels: readonly string[];
  readonly spinner: readonly string[];
}

/**
 * How text is laid out for one output. Everything that renders takes it, and knows nothing else of
 * the output.
 */
export interface Look {
  /** Columns; infinite where lines are not for the eye: a pipe or a file. */
  readonly width: number;
  readonly colours: Readonly<Record<ColourName, Paint>>;
  readonly glyphs: Glyphs;
}

type ColourName = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'inverse';

const fine: Glyphs = {
  done: '✓',
  failed: '✗',
  running: '●',
  waiting: '○',
  information: '·',
  unknown: '?',
  undo: '↩',
  warning: '▲',
  ellipsis: '…',
  line: '─',
  dot: '·',
  full: '█',
  reserved: '▒',
  free: '░',
  eighths: ['▏', '▎', '▍', '▌', '▋', '▊', '▉'],
  levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

/** For terminals that know letters and digits alone. */
const plain: Glyphs = {
  done: '+',
  failed: 'x',
  running: '*',
  waiting: 'o',
  information: '-',
  unknown: '?',
  undo: '<',
  warning: '!',
  ellipsis: '~',
  line: '-',
  dot: '-',
  full: '#',
  reserved: '=',
  free: '.',
  eighths: [],
  levels: ['_', '.', '-', '=', '#'],
  spinner: ['-', '\\', '|', '/'],
};

export interface LookOptions {
  readonly output: Output;
  readonly env: Environment;
  readonly platform: string;
  /** False: `--no-color`. */
  readonly colour?: boolean | undefined;
}

export function lookOf({ output, env, platform, colour }: LookOptions): Look {
  return {
    width: widthOf(output, env),
    colours: picocolors.createColors(colour !== false && wantsColours(output, env)),
    glyphs: showsGlyphs(env, platform) ? fine : plain,
  };
}

/** What a window of less could show is not worth folding for. */
const leastWidth = 20;

function widthOf(output: Output, env: Environment): number {
  if (output.isTTY && output.columns) return Math.max(leastWidth, output.columns);
  const asked = Number(env['COLUMNS']);
  return Number.isInteger(asked) && asked > 0
    ? Math.max(leastWidth, asked)
    : Number.POSITIVE_INFINITY;
}

/** no-color.org, and what the tools of Node understand. */
function wantsColours(output: Output, env: Environment): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  return output.isTTY === true && env['TERM'] !== 'dumb';
}

function showsGlyphs(env: Environment, platform: string): boolean {
  if (env['TERM'] === 'dumb' || env['TERM'] === 'linux') return false;
  if (platform === 'win32') return true;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'];
  return !locale || /utf-?8/i.test(locale);
}
