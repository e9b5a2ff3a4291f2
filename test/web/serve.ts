import { watch } from 'node:fs';
import { join } from 'node:path';
import { buildPage } from '../../scripts/build-page.ts';
import { projectRoot } from '../../scripts/sources.ts';
import { startFakeApi } from './fake-api.ts';

/**
 * For work on the page: serves it with the fake API and builds it anew when a source changes.
 * `node test/web/serve.ts [port]`; sign in by the menu.
 */
const outDir = join(projectRoot, 'dist/page');
const rebuild = (): Promise<void> =>
  buildPage({ outDir }).then(
    ({ scriptBytes }) => console.log(`built, ${scriptBytes} bytes of script (gzipped)`),
    (error: Error) => console.error(error.message),
  );

await rebuild();
const { url } = await startFakeApi(outDir, { port: Number(process.argv[2] ?? 8080) });
console.log(url);
let timer: NodeJS.Timeout | undefined;
watch(join(projectRoot, 'src/web'), { recursive: true }, () => {
  clearTimeout(timer);
  timer = setTimeout(rebuild, 100);
});
