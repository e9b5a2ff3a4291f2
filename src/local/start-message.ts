import { relative } from 'node:path';
import type { PlatformReady } from './ready-file.ts';

/** As many names as fit on the line. */
const namesShown = 4;

/** What somebody who has just started the platform needs to know, the page first. */
export function startMessage(ready: PlatformReady, dataDirectory: string): string {
  return `vnet-vending runs on this machine. Ctrl-C stops it; its data stays in ${dataDirectory}

  Page         ${ready.api}/${whoSignsIn(ready)}
  API          ${ready.api}/api/openapi.json
  Service Bus  ${ready.serviceBus}
  Azure        ${ready.azure.resourceManager}  (CA certificate: ${shortest(ready.azure.caFile)})
`;
}

function shortest(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}

function whoSignsIn({ people }: PlatformReady): string {
  if (people.length === 0) {
    return `
               Nobody can sign in: this landscape lists no people. Add some to its member
               emulatedAzure.localPeople (docs/local-platform.md) and start again.`;
  }
  const names = people.slice(0, namesShown).map(({ name }) => name);
  const others = people.length > namesShown ? ', …' : '';
  return `  sign in as ${names.join(', ')}${others}`;
}
