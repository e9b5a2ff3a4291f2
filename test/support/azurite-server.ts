// Runs the table service of Azurite on a free port, in memory, and sends its port to the parent process.
import { createRequire } from 'node:module';

interface Server {
  start(): Promise<void>;
  getHttpServerAddress(): string;
}

const require = createRequire(import.meta.url);
const { default: TableServer } = require('azurite/dist/src/table/TableServer') as {
  default: new (configuration: unknown) => Server;
};
const { default: TableConfiguration } = require('azurite/dist/src/table/TableConfiguration') as {
  default: new (...options: unknown[]) => unknown;
};

const [host, port, keepAliveSeconds, file] = ['127.0.0.1', 0, 60, ''];
const [debugLog, accessLog, accessLogStream, debugLogFile] = [false, false, undefined, undefined];
const [loose, skipApiVersionCheck, inMemory] = [false, true, true];
const [cert, key, password, oauth, noProductStyleUrl] = ['', '', '', undefined, false];
const server = new TableServer(
  new TableConfiguration(
    ...[host, port, keepAliveSeconds, file, debugLog, accessLog, accessLogStream, debugLogFile],
    ...[loose, skipApiVersionCheck, cert, key, password, oauth, noProductStyleUrl, inMemory],
  ),
);
await server.start();
process.send?.(Number(new URL(server.getHttpServerAddress()).port));
// The parent ends without saying so when it is killed.
process.on('disconnect', () => process.exit(0));
