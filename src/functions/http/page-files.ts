import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

/** One file of the page, as it is sent. */
export interface PageFile {
  readonly contentType: string;
  readonly plain: Uint8Array;
  /** For what is text. */
  readonly gzipped?: Uint8Array;
  /** The name changes with the content, so that it may be kept for ever. */
  readonly isImmutable: boolean;
}

/** By path below the root, without a leading slash. Nothing else is ever served. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const isText = (contentType: string): boolean => /^text\/|json|svg/.test(contentType);

/** As the build names assets: `page-4F7XK2QD.js`. */
const hashed = /^assets\/.*-[A-Z0-9]{8}\.\w+$/;

/**
 * Reads the page into memory: some dozens of files. That only these names are served makes it
 * impossible to reach any other file by a path. Files of unknown types are left out.
 */
export async function readPageFiles(folder: string): Promise<PageFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(async (entry): Promise<[string, PageFile] | undefined> => {
      const file = join(entry.parentPath, entry.name);
      const contentType = contentTypes[extname(entry.name)];
      if (contentType === undefined) return undefined;
      const name = relative(folder, file).split(sep).join('/');
      const plain = await readFile(file);
      const gzipped = isText(contentType) ? { gzipped: gzipSync(plain) } : {};
      return [name, { contentType, plain, ...gzipped, isImmutable: hashed.test(name) }];
    });
  return new Map((await Promise.all(files)).filter((file) => file !== undefined));
}
