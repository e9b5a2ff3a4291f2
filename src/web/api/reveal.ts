/** Characters that change the direction of the text around them: with them a name can be made to read as another one. */
const overrides = /[\u202A-\u202E\u2066-\u2069]/g;

/** Writes such characters out, so that everybody sees that they are there. */
export const revealOverrides = (text: string): string =>
  text.replaceAll(
    overrides,
    (character) => `‹U+${character.charCodeAt(0).toString(16).toUpperCase()}›`,
  );
