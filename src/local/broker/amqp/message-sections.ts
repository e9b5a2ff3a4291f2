import { type Extent, endOfValue, itemsOf, map, section, textAt } from './encoded-value.ts';

/** Descriptors of the sections of a message (AMQP 1.0, part 3, section 3.2). */
export const sectionCodes = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

export interface Section extends Extent {
  readonly code: number;
  /** The value without its descriptor. */
  readonly value: Extent;
}

function descriptorAt(bytes: Buffer, { start, end }: Extent): number {
  const code = bytes.readUInt8(start);
  if (code === 0x53) return bytes.readUInt8(start + 1);
  if (code === 0x80) return Number(bytes.readBigUInt64BE(start + 1));
  throw new RangeError(
    `Expected the number of a message section at byte ${start}, found ${bytes.toString('hex', start, end)}.`,
  );
}

/** The sections of an encoded message, in order. */
export function sectionsOf(bytes: Buffer): Section[] {
  const sections: Section[] = [];
  let start = 0;
  while (start < bytes.length) {
    if (bytes.readUInt8(start) !== 0) {
      throw new RangeError(`Expected a message section at byte ${start}.`);
    }
    const descriptor = { start: start + 1, end: endOfValue(bytes, start + 1) };
    const end = endOfValue(bytes, descriptor.end);
    const value = { start: descriptor.end, end };
    sections.push({ start, end, value, code: descriptorAt(bytes, descriptor) });
    start = end;
  }
  return sections;
}

const listCodes: readonly number[] = [0x45, 0xc0, 0xd0];
const mapCodes: readonly number[] = [0xc1, 0xd1];
const binaryCodes: readonly number[] = [0xa0, 0xb0];

/** The AMQP types that the value of a section may have; a value section may be anything. */
const valueCodes: Readonly<Record<number, readonly number[] | undefined>> = {
  [sectionCodes.header]: listCodes,
  [sectionCodes.deliveryAnnotations]: mapCodes,
  [sectionCodes.messageAnnotations]: mapCodes,
  [sectionCodes.properties]: listCodes,
  [sectionCodes.applicationProperties]: mapCodes,
  [sectionCodes.data]: binaryCodes,
  [sectionCodes.sequence]: listCodes,
  [sectionCodes.footer]: mapCodes,
};

/**
 * Checks that sections are known, of their type, and whole: what is not could be stored,
 * but no receiver could read it.
 *
 * @throws RangeError that says what is wrong and where.
 */
export function requireWellFormed(bytes: Buffer, sections: readonly Section[]): void {
  for (const { code, start, value } of sections) {
    if (code < sectionCodes.header || code > sectionCodes.footer) {
      throw new RangeError(
        `There is no message section 0x${code.toString(16)}, as at byte ${start}.`,
      );
    }
    const wanted = valueCodes[code];
    if (wanted && !wanted.includes(bytes.readUInt8(value.start))) {
      throw new RangeError(`The section at byte ${start} has a value of another type.`);
    }
    if (wanted === listCodes || wanted === mapCodes) {
      const end = itemsOf(bytes, value).at(-1)?.end ?? value.start;
      if (end > value.end)
        throw new RangeError(`The section at byte ${start} is longer than it says.`);
    }
  }
}

/** The raw bytes of one section without its descriptor, or undefined when the message has none. */
export function findSection(sections: readonly Section[], code: number): Section | undefined {
  return sections.find((candidate) => candidate.code === code);
}

/**
 * A map section in which some entries are replaced or added; all others keep their exact bytes.
 *
 * @param changes encoded keys and encoded values, by key.
 */
export function withEntries(
  bytes: Buffer,
  existing: Section | undefined,
  code: number,
  changes: ReadonlyMap<string, { readonly key: Buffer; readonly value: Buffer }>,
): Buffer {
  const items: Buffer[] = [];
  const extents = existing ? itemsOf(bytes, existing.value) : [];
  for (let index = 0; index + 1 < extents.length; index += 2) {
    const [key, value] = [extents[index] as Extent, extents[index + 1] as Extent];
    const name = textAt(bytes, key);
    if (name === undefined || !changes.has(name)) {
      items.push(bytes.subarray(key.start, key.end), bytes.subarray(value.start, value.end));
    }
  }
  for (const { key, value } of changes.values()) items.push(key, value);
  return section(code, map(items));
}
