export interface RemedyPart {
  readonly kind: 'text' | 'command';
  readonly text: string;
}

/**
 * A remedy taken apart into sentences and the commands of the Azure CLI that it names, ready to be copied. A command
 * ends where the sentence goes on: at a semicolon, at an opening bracket after a space, at the bracket that was
 * open before it.
 */
export function remedyParts(remedy: string): RemedyPart[] {
  const parts: RemedyPart[] = [];
  const tell = (text: string): void => {
    // Brackets and semicolons around a command are of no use around a block.
    const told = text.replace(/^[).;\s]+/, '').replace(/[\s(]+$/, '');
    if (told !== '') parts.push({ kind: 'text', text: told });
  };
  let at = 0;
  for (const { index } of remedy.matchAll(/(?<![\w-])az [a-z]/g)) {
    if (index < at) continue;
    tell(remedy.slice(at, index));
    const end = index + endOf(remedy.slice(index));
    parts.push({ kind: 'command', text: remedy.slice(index, end).trim().replace(/\.$/, '') });
    at = end;
  }
  tell(remedy.slice(at));
  return parts;
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
