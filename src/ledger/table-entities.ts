/** The ledger is one partition, so that every change is one entity group transaction. */
export const partitionKey = 'ledger';

/** An entity as the table has it. */
export interface StoredEntity {
  readonly rowKey: string;
  readonly etag: string;
  readonly [property: string]: unknown;
}

/** An entity as it is written. */
export interface NewEntity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly [property: string]: string | boolean;
}

/** A property holds 64 KiB, and characters count two bytes. */
const chunkCharacters = 32_000;
/** An entity holds 1 MiB, keys and names of properties included. */
const mostCharacters = 500_000;

/**
 * An entity that holds a value as JSON, cut to pieces that fit. `properties` are what queries filter by.
 * Throws for a value that no entity can hold.
 */
export function toEntity(
  rowKey: string,
  value: unknown,
  properties: Readonly<Record<string, string | boolean>> = {},
): NewEntity {
  const json = JSON.stringify(value);
  if (json.length > mostCharacters) {
    throw new Error(
      `What the ledger is to keep as ${rowKey} has ${json.length} characters; an entity of Table Storage holds ${mostCharacters}. ` +
        'Nothing was written. Ask for less in one request (fewer subnets and tags, a shorter reason).',
    );
  }
  const chunks: [string, string][] = [];
  for (let start = 0; start < json.length; ) {
    let end = Math.min(start + chunkCharacters, json.length);
    // Half a surrogate pair is no text: the other half would be lost on the way.
    if (isHighSurrogate(json.charCodeAt(end - 1)) && end < json.length) end--;
    chunks.push([`json${chunks.length}`, json.slice(start, end)]);
    start = end;
  }
  return { partitionKey, rowKey, ...properties, ...Object.fromEntries(chunks) };
}

/** The value that `toEntity` has put into it. */
export function fromEntity<T>(entity: StoredEntity): T {
  let json = '';
  for (let index = 0; ; index++) {
    const chunk = entity[`json${index}`];
    if (typeof chunk !== 'string') break;
    json += chunk;
  }
  return JSON.parse(json) as T;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
