import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PlatformReady } from '../../src/local/ready-file.ts';
import { startMessage } from '../../src/local/start-message.ts';

const ready = (names: readonly string[]) =>
  ({
    api: 'http://127.0.0.1:7071',
    serviceBus: 'Endpoint=sb://127.0.0.1:5672;',
    azure: {
      resourceManager: 'https://localhost:8443',
      caFile: join(process.cwd(), '.local/ca.pem'),
    },
    people: names.map((name) => ({ key: 'k', name, objectId: '', tenantId: '', roles: [] })),
  }) as unknown as PlatformReady;

test('the page comes first, with who may sign in there', () => {
  expect(startMessage(ready(['Ada', 'Ben']), '.local')).toBe(
    `vnet-vending runs on this machine. Ctrl-C stops it; its data stays in .local

  Page         http://127.0.0.1:7071/  sign in as Ada, Ben
  API          http://127.0.0.1:7071/api/openapi.json
  Service Bus  Endpoint=sb://127.0.0.1:5672;
  Azure        https://localhost:8443  (CA certificate: .local/ca.pem)
`,
  );
  expect(startMessage(ready(['A', 'B', 'C', 'D', 'E']), '.local')).toContain('as A, B, C, D, …\n');
});

test('where nobody is listed it says how to add somebody', () => {
  expect(startMessage(ready([]), '.local')).toMatch(/Nobody can sign in.*\n.*localPeople/);
});
