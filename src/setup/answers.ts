import type { z } from 'zod';
import type { AzureAnswer } from '../azure/azure-answer.ts';
import { SetupError } from './setup-error.ts';

/** What the set-up relies on in an answer. @throws SetupError when Azure says something else */
export function parsed<T>(schema: z.ZodType<T>, { body }: Pick<AzureAnswer, 'body'>): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new SetupError('AzureRefused', 'Azure answered something that the set-up does not know.', {
    why: result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    remedy: 'Check the endpoints, and report it with what it says.',
  });
}
