import type { Option } from 'commander';
import { printableText } from '../render/printable.ts';
import { type CommandLine, findOption, optionsOf, splitOnce } from './read-line.ts';

export interface Suggestion {
  readonly value: string;
  readonly description?: string | undefined;
}

/** Values that only the API or the platform knows. */
export interface SuggestionSource {
  /** Requests that the command is for. */
  requests(command: string): Promise<readonly Suggestion[]>;
  pools(): Promise<readonly Suggestion[]>;
  tenants(): Promise<readonly Suggestion[]>;
  people(): Promise<readonly Suggestion[]>;
}

/** Tells the script that names of files belong here. */
export const filesMarker = ':files';

/** What the scripts read: a line for each suggestion, its description after a tab. */
export async function suggest(line: CommandLine, source: SuggestionSource): Promise<string[]> {
  const { current, command, onlyArguments } = line;
  if (line.option) return await valuesOf(line.option, source, current, '');
  const [flag, value] = splitOnce(current);
  const option = value === undefined ? undefined : findOption(command, flag);
  if (option && value !== undefined) return await valuesOf(option, source, value, `${flag}=`);
  if (current.startsWith('-') && !onlyArguments) return format(flagsOf(line), current);
  if (command.commands.length > 0) return format(commandsOf(line), current);
  return await argumentsOf(line, source);
}

async function valuesOf(
  option: Option,
  source: SuggestionSource,
  typed: string,
  prefix: string,
): Promise<string[]> {
  if (option.argChoices) {
    return format(
      option.argChoices.map((value) => ({ value })),
      typed,
      prefix,
    );
  }
  switch (option.long) {
    case '--file':
    case '--output':
      return [filesMarker];
    case '--pool':
      return format(await source.pools(), typed, prefix);
    case '--tenant':
      return format(await source.tenants(), typed, prefix);
    case '--as':
      return format(await source.people(), typed, prefix);
    default:
      return [];
  }
}

async function argumentsOf(line: CommandLine, source: SuggestionSource): Promise<string[]> {
  const { command, position, current } = line;
  const argument = command.registeredArguments[position];
  if (argument?.argChoices)
    return format(
      argument.argChoices.map((value) => ({ value })),
      current,
    );
  switch (argument?.name()) {
    case 'id':
      return format(await source.requests(command.name()), current);
    case 'alias':
      return format(await source.pools(), current);
    case 'tenant':
      return format(await source.tenants(), current);
    default:
      return [];
  }
}

const flagsOf = ({ command }: CommandLine): Suggestion[] =>
  optionsOf(command).map(({ long, short, description }) => ({
    value: long ?? short ?? '',
    description,
  }));

const commandsOf = ({ command }: CommandLine): Suggestion[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), description: one.summary() || one.description() }));

function format(suggestions: readonly Suggestion[], typed: string, prefix = ''): string[] {
  return suggestions
    .filter(({ value }) => value.startsWith(typed))
    .map(({ value, description }) => {
      const word = `${prefix}${printableText(value)}`;
      return description ? `${word}\t${printableText(description)}` : word;
    });
}
