import { type Look, lookOf } from '../../../src/cli/render/look.ts';

/** A look without colours; as of a pipe unless a width is given. */
export function plainLook(width?: number): Look {
  return lookOf({
    output: { write() {} },
    env: { TERM: 'xterm', ...(width === undefined ? {} : { COLUMNS: String(width) }) },
    platform: 'linux',
  });
}

/** A look that shows where colours are. */
export function markedLook(width?: number): Look {
  const mark = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
  const { colours } = plainLook();
  const names = Object.keys(colours) as (keyof typeof colours)[];
  return {
    ...plainLook(width),
    colours: Object.fromEntries(names.map((name) => [name, mark(name)])) as Look['colours'],
  };
}
