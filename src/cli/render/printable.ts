/**
 * What a terminal must not be sent as part of a name or a reason: control characters (escape
 * sequences move the cursor, change the title or fill the clipboard) and the marks that turn the
 * direction of the text around.
 */
const unprintable = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** A text on one line that shows what it is and does nothing. */
export const printableText = (text: string): string =>
  text.replace(/\r\n|\n|\t/g, ' ').replace(unprintable, '\u{fffd}');

/** A value of JSON with all texts in it made printable, names of members included. */
export function printable<T>(value: T): T {
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return printableText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [printableText(key), clean(member)]),
  );
}

/** JSON for people and programs: the same value, with what a terminal must not be sent escaped. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(
    unprintable,
    // JSON.stringify leaves line breaks between members, and escapes those in texts.
    (character) => (character === '\n' ? character : escapeOf(character)),
  );
}

const escapeOf = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
