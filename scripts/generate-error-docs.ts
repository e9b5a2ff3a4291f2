// Writes docs/errors.md from the error catalogue; with --check only compares (exit code 1 when stale).
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderErrorDocs } from './render-error-docs.ts';

const file = fileURLToPath(new URL('../docs/errors.md', import.meta.url));
const wanted = renderErrorDocs();

if (process.argv.includes('--check')) {
  if (readIfThere(file) !== wanted) {
    console.error(
      'docs/errors.md does not fit the error catalogue. Run: node scripts/generate-error-docs.ts',
    );
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, wanted);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
