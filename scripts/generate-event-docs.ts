// Writes docs/event-types.md from the schemas of the events; with --check only compares (exit code 1 when stale).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderEventDocs } from './render-event-docs.ts';

const file = fileURLToPath(new URL('../docs/event-types.md', import.meta.url));
const wanted = renderEventDocs();

if (process.argv.includes('--check')) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== wanted) {
    console.error(
      'docs/event-types.md does not fit the schemas of the events. Run: node scripts/generate-event-docs.ts',
    );
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, wanted);
}
