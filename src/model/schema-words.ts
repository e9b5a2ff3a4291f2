import type { z } from 'zod';
import { echo } from './strict-json.ts';

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a JSON object',
  record: 'a JSON object',
  array: 'a list',
};

const units: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

/**
 * The words for what a schema refuses, where the schema has none of its own: they continue a sentence
 * that begins with the place, for somebody who knows JSON but not our schemas.
 */
export function describeIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : `must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'unrecognized_keys':
      return `has members that are not known here: ${issue.keys.slice(0, 5).map(echo).join(', ')}${issue.keys.length > 5 ? ', ...' : ''}`;
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? 'must not be empty'
        : `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${units[issue.origin] ?? ''}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${units[issue.origin] ?? ''}`;
    case 'invalid_key':
      return `has a name that ${issue.issues[0]?.message ?? 'is not allowed'}`;
    default:
      return issue.code === 'invalid_format' ? `must be a valid ${issue.format}` : 'is not valid';
  }
}
