import { z } from 'zod';
import { failure, type Outcome, success } from '../model/outcome.ts';
import type { AzureAnswer } from './azure-answer.ts';
import { type CallContext, invalidAnswer } from './error-translation.ts';

/** Checks what Azure answered against the form that the product relies on. */
export function parseAnswer<T>(
  schema: z.ZodType<T>,
  value: unknown,
  context: CallContext,
  answer: AzureAnswer,
): Outcome<T> {
  const parsed = schema.safeParse(value);
  return parsed.success
    ? success(parsed.data)
    : failure(invalidAnswer(context, z.prettifyError(parsed.error), answer));
}

/** Azure leaves empty lists out, or sends null. */
export const stringsSchema = z
  .array(z.string())
  .nullish()
  .transform((strings) => strings ?? []);

/** Regions come back as asked for in requests ("West US") or canonical (`westus`). */
export const locationSchema = z
  .string()
  .min(1)
  .transform((location) => location.toLowerCase().replaceAll(' ', ''));
