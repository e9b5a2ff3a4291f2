import { ArmError } from '../contracts.ts';

/** Azure Resource Manager takes 4 MB. */
const mostCharacters = 4 * 1024 * 1024;

/** Deeper than any template of Azure; beyond it, code that walks a body would run out of stack. */
const mostLevels = 100;

/**
 * The text of a request's body.
 *
 * @throws ArmError 413 when there is more than Azure Resource Manager takes.
 */
export async function readBody(request: Request): Promise<string> {
  const tooLarge = () =>
    new ArmError(
      413,
      'RequestContentTooLarge',
      `The request content size exceeds the maximum size of '${mostCharacters}' bytes.`,
      'gateway',
    );
  if (Number(request.headers.get('content-length')) > mostCharacters) throw tooLarge();
  const text = await request.text();
  if (text.length > mostCharacters) throw tooLarge();
  return text;
}

/**
 * The JSON of a body, or undefined when there is none.
 *
 * @throws ArmError 400
 */
export function parseBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
  if (isDeeperThan(body, mostLevels))
    throw invalid(`It is nested deeper than ${mostLevels} levels.`);
  return body;
}

function invalid(reason: string): ArmError {
  return new ArmError(
    400,
    'InvalidRequestContent',
    `The request content was invalid and could not be deserialized: '${reason}'.`,
    'gateway',
  );
}

/** Level by level, so that it needs no stack itself. */
function isDeeperThan(value: unknown, levels: number): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= levels; depth += 1) {
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null ? Object.values(each) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}
