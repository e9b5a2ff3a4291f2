/** A piece of an AMQP encoding: from `start` up to, not including, `end`. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Fixed widths by the upper half of the type code (AMQP 1.0, part 1, section 1.2). */
const fixedWidths: Readonly<Record<number, number>> = { 4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16 };

/** Where the AMQP value that begins at `start` ends. Nothing is decoded. */
export function endOfValue(bytes: Buffer, start: number): number {
  const code = bytes.readUInt8(start);
  if (code === 0) return endOfValue(bytes, endOfValue(bytes, start + 1));
  const category = code >> 4;
  const width = fixedWidths[category];
  let end: number;
  if (width !== undefined) end = start + 1 + width;
  else if (category === 0xa || category === 0xc || category === 0xe) {
    end = start + 2 + bytes.readUInt8(start + 1);
  } else if (category >= 0xb) end = start + 5 + bytes.readUInt32BE(start + 1);
  else throw new RangeError(`Unknown AMQP type code 0x${code.toString(16)} at byte ${start}.`);
  if (end > bytes.length) {
    throw new RangeError(`The AMQP value at byte ${start} is longer than the message.`);
  }
  return end;
}

/** The items of a list, or the keys and values of a map in turn. */
export function itemsOf(bytes: Buffer, { start }: Extent): Extent[] {
  const code = bytes.readUInt8(start);
  if (code === 0x45) return [];
  const isWide = code === 0xd0 || code === 0xd1;
  if (!isWide && code !== 0xc0 && code !== 0xc1) {
    throw new RangeError(`Expected an AMQP list or map at byte ${start}.`);
  }
  const count = isWide ? bytes.readUInt32BE(start + 5) : bytes.readUInt8(start + 2);
  const items: Extent[] = [];
  let position = start + (isWide ? 9 : 3);
  for (let index = 0; index < count; index += 1) {
    const end = endOfValue(bytes, position);
    items.push({ start: position, end });
    position = end;
  }
  return items;
}

/** The bytes of a binary value. */
export function binaryAt(bytes: Buffer, { start, end }: Extent): Buffer {
  const code = bytes.readUInt8(start);
  if (code === 0xa0) return bytes.subarray(start + 2, end);
  if (code === 0xb0) return bytes.subarray(start + 5, end);
  throw new RangeError(`Expected AMQP binary data at byte ${start}.`);
}

/** The text of a symbol or string; undefined when the value is something else. */
export function textAt(bytes: Buffer, { start, end }: Extent): string | undefined {
  const code = bytes.readUInt8(start);
  if (code === 0xa1 || code === 0xa3) return bytes.toString('utf8', start + 2, end);
  if (code === 0xb1 || code === 0xb3) return bytes.toString('utf8', start + 5, end);
  return undefined;
}

export const nullValue = Buffer.from([0x40]);

export function uint(value: number): Buffer {
  const bytes = Buffer.alloc(5, 0x70);
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

export function int(value: number): Buffer {
  const bytes = Buffer.alloc(5, 0x71);
  bytes.writeInt32BE(value, 1);
  return bytes;
}

export function long(value: number): Buffer {
  const bytes = Buffer.alloc(9, 0x81);
  bytes.writeBigInt64BE(BigInt(value), 1);
  return bytes;
}

/** @param value milliseconds since 1970. */
export function timestamp(value: number): Buffer {
  const bytes = long(value);
  bytes.writeUInt8(0x83, 0);
  return bytes;
}

export function string(value: string): Buffer {
  const text = Buffer.from(value);
  const prefix = Buffer.alloc(5, 0xb1);
  prefix.writeUInt32BE(text.length, 1);
  return Buffer.concat([prefix, text]);
}

/** @param value at most 255 ASCII characters. */
export function symbol(value: string): Buffer {
  return Buffer.concat([Buffer.from([0xa3, value.length]), Buffer.from(value, 'ascii')]);
}

function compound(code: number, items: readonly Buffer[]): Buffer {
  const prefix = Buffer.alloc(9, code);
  prefix.writeUInt32BE(
    items.reduce((sum, item) => sum + item.length, 4),
    1,
  );
  prefix.writeUInt32BE(items.length, 5);
  return Buffer.concat([prefix, ...items]);
}

export function list(items: readonly Buffer[]): Buffer {
  return compound(0xd0, items);
}

/** @param items keys and values in turn. */
export function map(items: readonly Buffer[]): Buffer {
  return compound(0xd1, items);
}

/** A section of a message: a value described by a small number. */
export function section(descriptor: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x00, 0x53, descriptor]), value]);
}
