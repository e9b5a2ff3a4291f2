import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** With UPDATE_EXAMPLES=1 a page gets the output that came out. */
const isUpdate = process.env['UPDATE_EXAMPLES'] === '1';

/** Pieces of a page, in their order. */
type Piece =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'preparation'; readonly what: string; readonly id: string }
  | { readonly kind: 'command'; readonly command: string; readonly output: string };

export interface PageWalk {
  /** Where the files of the page go. */
  readonly folder: string;
  /** Runs a command of a reader to its end. */
  readonly run: (command: string) => Promise<string>;
  /** Does what a comment `<!-- test: what id -->` asks for. */
  readonly prepare?: (what: string, id: string) => Promise<void>;
  /** Takes out of an output what differs from run to run. */
  readonly normalized: (output: string) => string;
}

/**
 * Goes through a page as a reader does: saves its files, runs the commands of its `console` blocks, and compares what they
 * print with what the page shows.
 */
export async function walkPage(page: URL, walk: PageWalk): Promise<void> {
  const text = readFileSync(page, 'utf8');
  let updated = '';
  let rest = text;
  for (const piece of piecesOf(text)) {
    if (piece.kind === 'file') writeFileSync(join(walk.folder, piece.name), piece.text);
    else if (piece.kind === 'preparation') await walk.prepare?.(piece.what, piece.id);
    else {
      const output = await walk.run(piece.command);
      if (!isUpdate) {
        expect(walk.normalized(output), piece.command).toBe(walk.normalized(piece.output));
      }
      const shown = `$ ${piece.command}\n`;
      const at = rest.indexOf(shown) + shown.length;
      updated += rest.slice(0, at) + output;
      rest = rest.slice(at + piece.output.length);
    }
  }
  if (isUpdate) writeFileSync(page, updated + rest);
}

function piecesOf(text: string): Piece[] {
  const pattern =
    /```\w+ title=(\S+)\n([\s\S]*?)```|<!-- test: (\w+) (\S+) -->|```console\n([\s\S]*?)```/g;
  return [...text.matchAll(pattern)].flatMap(([, name, file, what, id, session]): Piece[] => {
    if (name !== undefined) return [{ kind: 'file', name, text: file ?? '' }];
    if (what !== undefined) return [{ kind: 'preparation', what, id: id ?? '' }];
    return (session ?? '').split(/^\$ /m).slice(1).map(commandOf);
  });
}

/** A command goes on behind a line that ends with a backslash. */
function commandOf(piece: string): Piece {
  const [command = ''] = /^(.*\\\n)*.*/.exec(piece) ?? [];
  return { kind: 'command', command, output: piece.slice(command.length + 1) };
}
