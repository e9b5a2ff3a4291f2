import { limits } from './limits.ts';

/** What is wrong with one place of a message. `text` continues a sentence that begins with the place. */
export interface Fault {
  /** JSON pointer (RFC 6901); empty for the whole message. */
  readonly pointer: string;
  readonly text: string;
}

export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * Reads JSON that leaves no doubt. Besides what `JSON.parse` refuses, refused are
 * - a member named twice, of which `JSON.parse` silently takes the last while other readers (and the
 *   person who approves) may take the first;
 * - nesting beyond the limit;
 * - control characters, lone surrogates and characters that turn the direction of text around: what
 *   an approver reads must be what is done, and logs and ledger must be able to hold it. Line breaks
 *   and tabs are taken in `reason` alone;
 * - members named `__proto__`, `constructor`, `prototype`, or `Timestamp` (a member of that name with
 *   a text becomes a date on its way through durable-functions; durable-functions 7.6).
 */
export function parseStrictJson(text: string): StrictJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, faults: [{ pointer: '', text: syntaxFault(text, error) }] };
  }
  const structure = structureFaults(text);
  const faults = structure.length > 0 ? structure : valueFaults(value, '');
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value };
}

/** One step of a JSON pointer, cut and cleaned, because it repeats what somebody sent. */
export const pointerTo = (parent: string, key: string | number): string =>
  `${parent}/${echo(String(key)).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** What an error may repeat of a message: short, on one line, without anything invisible. */
export function echo(text: string): string {
  const clean = text
    .slice(0, limits.echoCharacters + 1)
    .replace(invisible, '?')
    .toWellFormed();
  return clean.length > limits.echoCharacters
    ? `${clean.slice(0, limits.echoCharacters).toWellFormed()}…`
    : clean;
}

const invisible = /[\p{Cc}\u2028-\u202E\u2066-\u2069]/gu;
const turning = /[\u202A-\u202E\u2066-\u2069]/u;
const dangerousNames = ['__proto__', 'constructor', 'prototype', 'Timestamp'];

/** The words of `JSON.parse` repeat the message, so only the place is taken from them. */
function syntaxFault(text: string, error: unknown): string {
  if (text.trim() === '') {
    return 'is empty';
  }
  const words = String(error);
  if (/end of JSON input|Unterminated/.test(words)) {
    return 'is not valid JSON: it ends too early';
  }
  const position = /at position (\d+)/.exec(words)?.[1];
  return position === undefined
    ? 'is not valid JSON'
    : `is not valid JSON: it is wrong from character ${Number(position) + 1} on`;
}

interface Level {
  /** Names so far; absent in an array. */
  readonly names: Set<string> | undefined;
  /** Where in it we are. */
  at: string | number;
}

const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/** Members named twice and nesting; expects a text that `JSON.parse` takes. */
function structureFaults(text: string): Fault[] {
  const faults: Fault[] = [];
  const levels: Level[] = [];
  let lastText = '';
  for (const [part] of text.matchAll(token)) {
    move(levels, part);
    if (levels.length > limits.messageDepth) {
      return [{ pointer: '', text: `is nested more than ${limits.messageDepth} levels deep` }];
    }
    if (part === ':') {
      const name = JSON.parse(lastText) as string;
      if (isRepeated(levels.at(-1), name)) {
        const pointer = levels.reduce((path, level) => pointerTo(path, level.at), '');
        faults.push({ pointer, text: 'is given more than once' });
      }
    }
    lastText = part;
  }
  return faults;
}

function move(levels: Level[], part: string): void {
  const level = levels.at(-1);
  if (part === '{' || part === '[') {
    levels.push(part === '{' ? { names: new Set(), at: '' } : { names: undefined, at: 0 });
  } else if (part === '}' || part === ']') {
    levels.pop();
  } else if (part === ',' && typeof level?.at === 'number') {
    level.at += 1;
  }
}

/** Enters a member; answers whether its object had one of that name before. */
function isRepeated(level: Level | undefined, name: string): boolean {
  if (level?.names === undefined) {
    return false;
  }
  const repeated = level.names.has(name);
  level.names.add(name);
  level.at = name;
  return repeated;
}

function valueFaults(value: unknown, pointer: string): Fault[] {
  if (typeof value === 'string') {
    const text = textFault(pointer.endsWith('/reason') ? value.replace(/[\t\n\r]/g, '') : value);
    return text === undefined ? [] : [{ pointer, text }];
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, member]) => {
    const place = pointerTo(pointer, name);
    const text = dangerousNames.includes(name)
      ? 'has a name that is not allowed'
      : textFault(name, 'has a name that');
    return text === undefined ? valueFaults(member, place) : [{ pointer: place, text }];
  });
}

function textFault(text: string, subject?: string): string | undefined {
  const holds = subject === undefined ? 'holds' : `${subject} holds`;
  if (/\p{Cc}/u.test(text)) {
    return `${holds} a control character`;
  }
  if (!text.isWellFormed()) {
    return `${holds} half a character (a lone surrogate)`;
  }
  return turning.test(text) ? `${holds} a character that turns the text around` : undefined;
}
