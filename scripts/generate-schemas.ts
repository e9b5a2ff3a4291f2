// Writes docs/schemas from the zod schemas of messages and events; with --check only compares (exit code 1 when stale).
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderSchemas } from './render-schemas.ts';

const folder = fileURLToPath(new URL('../docs/schemas', import.meta.url));
const wanted = renderSchemas();

if (process.argv.includes('--check')) {
  const present = readFolder();
  const names = new Set([...present.keys(), ...wanted.keys()]);
  const stale = [...names].filter((name) => present.get(name) !== wanted.get(name));
  if (stale.length > 0) {
    console.error(
      `docs/schemas does not fit the schemas of messages and events: ${stale.join(', ')}. ` +
        'Run: node scripts/generate-schemas.ts',
    );
    process.exitCode = 1;
  }
} else {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of wanted) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** What is there now, by path in the folder. */
function readFolder(): ReadonlyMap<string, string> {
  try {
    const names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return new Map(
      names.map((file) => [
        file.slice(folder.length + 1).replaceAll('\\', '/'),
        readFileSync(file, 'utf8'),
      ]),
    );
  } catch {
    return new Map();
  }
}
