import stringWidth from 'string-width';

/** Columns that a text takes on a terminal; letters of East Asia and pictures take two. */
export const textWidth = (text: string): number =>
  // What nearly all texts are made of needs no tables.
  /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);

/** Cuts a text that is too wide, and shows that it was cut. */
export function truncate(text: string, width: number, ellipsis: string): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  for (const { segment } of segments(text)) {
    if (textWidth(kept + segment + ellipsis) > width) break;
    kept += segment;
  }
  return `${kept.trimEnd()}${ellipsis}`;
}

export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - textWidth(text)));

export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - textWidth(text))) + text;

/** The text in lines of at most this width, broken between words where that is possible. */
export function wrap(text: string, width: number): string[] {
  if (textWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => pieces(one, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** The same, with every line but the first indented. */
export function hang(first: string, text: string, width: number): string[] {
  const indent = textWidth(first);
  // In a window so narrow that a column of text would be a tower of words, the text goes below.
  if (width - indent < 16 && textWidth(first + text) > width) {
    return [first.trimEnd(), ...wrap(text, width - 4).map((line) => `    ${line}`)];
  }
  return wrap(text, width - indent).map(
    (line, index) => (index === 0 ? first : ' '.repeat(indent)) + line,
  );
}

/** A word in pieces that fit. */
function pieces(word: string, width: number): string[] {
  if (textWidth(word) <= width) return [word];
  const found: string[] = [];
  let piece = '';
  for (const { segment } of segments(word)) {
    if (textWidth(piece + segment) > width && piece !== '') {
      found.push(piece);
      piece = '';
    }
    piece += segment;
  }
  return [...found, piece];
}

const segmenter = new Intl.Segmenter();
const segments = (text: string) => segmenter.segment(text);
