// Plain JavaScript, so that nothing but the app is compiled: loads the built function app once, as the worker
// of the Functions host would, and prints how long it took and how many functions it registered.
// Arguments: file of the app, folder of the compile cache or nothing, a file to load after the app or nothing.
import { createRequire, enableCompileCache, flushCompileCache, Module } from 'node:module';

const [appFile, cacheFolder, laterFile] = process.argv.slice(2);
if (cacheFolder) enableCompileCache(cacheFolder);

let functions = 0;
const core = {
  version: '3.999.0',
  hostVersion: '4.1000.0',
  setProgrammingModel() {},
  getProgrammingModel() {},
  registerFunction() {
    functions += 1;
    return { dispose() {} };
  },
  registerHook: () => ({ dispose() {} }),
  log() {},
  Disposable: class {},
};
const load = Module.prototype.require;
Module.prototype.require = function requireWithCore(id) {
  return id === '@azure/functions-core' ? core : load.call(this, id);
};

const require = createRequire(import.meta.url);
const started = performance.now();
const before = process.cpuUsage();
require(appFile);
const milliseconds = performance.now() - started;
const { user, system } = process.cpuUsage(before);
const later = performance.now();
if (laterFile) require(laterFile);
const laterMilliseconds = performance.now() - later;
if (cacheFolder) flushCompileCache();
process.stdout.write(
  JSON.stringify({
    milliseconds,
    laterMilliseconds,
    cpuMilliseconds: (user + system) / 1000,
    functions,
    rss: process.memoryUsage.rss(),
  }),
);
process.exit(0);
