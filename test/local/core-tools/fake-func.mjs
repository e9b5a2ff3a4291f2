// Stands for Core Tools: says its version, or answers every request with what a host would see.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [command] = process.argv.slice(2);
if (command === '--version') {
  console.log(process.env.FAKE_FUNC_VERSION ?? '4.2.1');
} else {
  const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
  const settings = JSON.parse(readFileSync('local.settings.json', 'utf8'));
  const seen = {
    command,
    settings,
    hostJson: JSON.parse(readFileSync('host.json', 'utf8')),
    package: JSON.parse(readFileSync('package.json', 'utf8')),
    extraCertificates: process.env.NODE_EXTRA_CA_CERTS,
  };
  createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const body = Buffer.concat(chunks).toString();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...seen, method, url, headers, body }));
    });
  }).listen(port, '127.0.0.1');
  process.on('SIGINT', () => process.exit(0));
}
