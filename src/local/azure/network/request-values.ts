import { type ArmContext, ArmError } from '../contracts.ts';
import type { JsonObject } from './records.ts';

/** Value of a `{name}` of the path pattern. */
export function parameter(context: ArmContext, name: string): string {
  const value = context.parameters[name];
  if (value === undefined) {
    throw new Error(`the path ${context.path} has no {${name}}: route and handler disagree`);
  }
  return value;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Member of an object that may be anything. */
export const member = (value: unknown, name: string): unknown =>
  isObject(value) ? value[name] : undefined;

export const objectAt = (value: unknown, name: string): JsonObject | undefined => {
  const found = member(value, name);
  return isObject(found) ? found : undefined;
};

export const arrayAt = (value: unknown, name: string): readonly unknown[] => {
  const found = member(value, name);
  return Array.isArray(found) ? found : [];
};

export const stringAt = (value: unknown, name: string): string | undefined => {
  const found = member(value, name);
  return typeof found === 'string' ? found : undefined;
};

/** The strings of an array; what is no string is left out. */
export const stringsAt = (value: unknown, name: string): string[] =>
  arrayAt(value, name).filter((item): item is string => typeof item === 'string');

export const without = (value: JsonObject | undefined, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(value ?? {}).filter(([name]) => !names.includes(name)));

/** The body as an object; the gateway's own refusal when it is none. */
export function bodyOf(context: ArmContext): JsonObject {
  if (isObject(context.body)) return context.body;
  throw new ArmError(
    400,
    'InvalidRequestContent',
    'The request content was invalid and could not be deserialized: a JSON object is required.',
    'gateway',
  );
}
