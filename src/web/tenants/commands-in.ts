/**
 * The commands of the Azure CLI that a remedy names, ready to be copied. A command ends where the
 * sentence goes on: at a semicolon, at an opening bracket after a space, at the bracket that was open before it.
 */
export function commandsIn(remedy: string): string[] {
  return [...remedy.matchAll(/(?<![\w-])az [a-z]/g)].map(({ index }) => {
    const text = remedy.slice(index);
    return text.slice(0, endOf(text)).trim().replace(/\.$/, '');
  });
}

function endOf(text: string): number {
  let open = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (character === ';') return at;
    if (character === '(') {
      if (text[at - 1] === ' ') return at;
      open += 1;
    }
    if (character === ')') {
      if (open === 0) return at;
      open -= 1;
    }
  }
  return text.length;
}
