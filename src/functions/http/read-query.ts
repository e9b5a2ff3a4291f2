import type { z } from 'zod';
import { vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import { describeIssue } from '../../model/schema-words.ts';
import { echo } from '../../model/strict-json.ts';

/** Checks the parameters of an address. One that is given several times is a list: `a,b`. */
export function readQuery<T>(
  parameters: { keys(): Iterable<string>; getAll(name: string): string[] },
  schema: z.ZodType<T>,
): Outcome<T> {
  const names = [...new Set(parameters.keys())];
  const values = Object.fromEntries(names.map((name) => [name, parameters.getAll(name).join(',')]));
  const parsed = schema.safeParse(values, { error: describeIssue });
  if (parsed.success) return success(parsed.data);
  const faults = parsed.error.issues.map(({ path, message }) =>
    path[0] === undefined ? `the address ${message}` : `${echo(String(path[0]))} ${message}`,
  );
  return failure(
    vendingError('ParameterInvalid', `The address is refused: ${faults.slice(0, 5).join('; ')}.`),
  );
}
