import type { Command, Option } from 'commander';

/** What a command line says so far, up to the word that is to be completed. */
export interface CommandLine {
  readonly command: Command;
  /** The word to complete; empty where a new one begins. */
  readonly current: string;
  /** The option whose value the word is. */
  readonly option?: Option;
  /** How many arguments of the command stand before it. */
  readonly position: number;
  /** After `--` nothing is an option. */
  readonly onlyArguments: boolean;
  /** Values of the options so far, by long flag. */
  readonly values: ReadonlyMap<string, string>;
}

/** Reads the words of a command line as commander would, without running anything. */
export function readLine(program: Command, words: readonly string[]): CommandLine {
  const joined = joinEqualSigns(words);
  const reader = new LineReader(program);
  for (const word of joined.slice(0, -1)) reader.read(word);
  // A blank stands for nothing where a shell cannot pass nothing on.
  return reader.line(joined.at(-1)?.trim() ?? '');
}

class LineReader {
  #command: Command;
  #position = 0;
  #onlyArguments = false;
  #open: Option | undefined;
  readonly #values = new Map<string, string>();

  constructor(program: Command) {
    this.#command = program;
  }

  read(word: string): void {
    if (this.#open !== undefined) {
      this.#values.set(this.#open.long ?? '', word);
      this.#open = undefined;
    } else if (this.#onlyArguments || word === '-' || !word.startsWith('-')) {
      this.#readArgument(word);
    } else if (word === '--') {
      this.#onlyArguments = true;
    } else {
      this.#readOption(word);
    }
  }

  line(current: string): CommandLine {
    const line = {
      command: this.#command,
      current,
      position: this.#position,
      onlyArguments: this.#onlyArguments,
      values: this.#values,
    };
    return this.#open === undefined ? line : { ...line, option: this.#open };
  }

  #readOption(word: string): void {
    const [flag, value] = splitOnce(word);
    const option = findOption(this.#command, flag);
    if (option === undefined) return;
    if (value !== undefined) this.#values.set(option.long ?? '', value);
    else if (option.required) this.#open = option;
  }

  #readArgument(word: string): void {
    const next = this.#position === 0 ? findCommand(this.#command, word) : undefined;
    if (next) this.#command = next;
    else this.#position++;
  }
}

/** The options that may stand here: those of the command, and those that every command has. */
export function optionsOf(command: Command): Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

export const findOption = (command: Command, flag: string): Option | undefined =>
  optionsOf(command).find(({ long, short }) => flag === long || flag === short);

const findCommand = (command: Command, name: string): Command | undefined =>
  command.commands.find((one) => one.name() === name || one.aliases().includes(name));

export function splitOnce(word: string): readonly [flag: string, value?: string] {
  const at = word.indexOf('=');
  return at === -1 || !word.startsWith('--') ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

/** bash takes `--pool=corp` for three words: `--pool`, `=`, `corp`. */
function joinEqualSigns(words: readonly string[]): string[] {
  const found: string[] = [];
  for (const [index, word] of words.entries()) {
    const follows = words[index - 1]?.startsWith('--') === true;
    // As a word of its own the value is completed alone, which is what bash expects.
    if (word === '=' && follows) {
      if (index === words.length - 1) found.push('');
    } else {
      found.push(word);
    }
  }
  return found;
}
