import { readFileSync } from 'node:fs';

/** A block of code of a page: ```<language> <tag>. */
export interface Block {
  readonly language: string;
  /** What the tests take it for. */
  readonly tag: string;
  readonly text: string;
}

export const readPage = (page: string): string =>
  readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');

export const blocksOf = (page: string): readonly Block[] =>
  [...readPage(page).matchAll(/^```(\w+) ?([\w-]*)\n(.*?)^```$/gms)].map(
    ([, language = '', tag = '', text = '']) => ({ language, tag, text }),
  );

export const textsOf = (page: string, tag: string): readonly string[] =>
  blocksOf(page)
    .filter((block) => block.tag === tag)
    .map(({ text }) => text);

/** The only block with the tag. */
export function textOf(page: string, tag: string): string {
  const [text, ...more] = textsOf(page, tag);
  if (text === undefined || more.length > 0) throw new Error(`${page} has not one block '${tag}'.`);
  return text;
}
