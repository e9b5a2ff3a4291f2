import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  /** With forward slashes. */
  readonly name: string;
  readonly contents: Uint8Array;
}

const versionNeeded = 20;
const utf8Names = 0x0800;
const deflated = 8;
/** 1 January 1980: the same files make the same archive. */
const dosDate = 0x0021;
const localHeaderBytes = 30;
const centralHeaderBytes = 46;
const endBytes = 22;

/** A zip archive (APPNOTE 6.3), for packages far below 4 GiB and 65,535 files. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, contents } of entries) {
    const path = Buffer.from(name);
    const packed = deflateRawSync(contents, { level: 9 });
    const common = Buffer.alloc(26);
    common.writeUInt16LE(versionNeeded, 0);
    common.writeUInt16LE(utf8Names, 2);
    common.writeUInt16LE(deflated, 4);
    common.writeUInt16LE(dosDate, 8);
    common.writeUInt32LE(crc32(contents), 10);
    common.writeUInt32LE(packed.byteLength, 14);
    common.writeUInt32LE(contents.byteLength, 18);
    common.writeUInt16LE(path.byteLength, 22);

    const local = Buffer.alloc(localHeaderBytes);
    local.writeUInt32LE(0x04034b50, 0);
    common.copy(local, 4);

    const central = Buffer.alloc(centralHeaderBytes);
    central.writeUInt32LE(0x02014b50, 0);
    // Made by Unix, so that the mode counts: a file that all may read.
    central.writeUInt16LE((3 << 8) | versionNeeded, 4);
    common.copy(central, 6);
    central.writeUInt32LE((0o100644 << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);

    files.push(local, path, packed);
    directory.push(central, path);
    offset += local.byteLength + path.byteLength + packed.byteLength;
  }
  const directoryBytes = directory.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const end = Buffer.alloc(endBytes);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}
