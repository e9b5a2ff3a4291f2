// Writes docs/openapi.json from the routes and their schemas; with --check only compares (exit code 1 when stale).
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderOpenApi } from './render-openapi.ts';

const file = fileURLToPath(new URL('../docs/openapi.json', import.meta.url));
const wanted = renderOpenApi();

if (!process.argv.includes('--check')) {
  writeFileSync(file, wanted);
} else if (readFileSync(file, 'utf8') !== wanted) {
  console.error('docs/openapi.json does not fit the routes of the API. Run: npm run docs');
  process.exitCode = 1;
}
