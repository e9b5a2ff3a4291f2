import { relative } from 'node:path';
import type { PlatformReady, RealAzureReady } from './ready-file.ts';

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

/** The same before the real Azure: loud about what is in earnest, and about who may do it. No key is in it. */
export function realStartMessage(
  { ready, accessFile }: { readonly ready: RealAzureReady; readonly accessFile: string },
  dataDirectory: string,
): string {
  const { azure, landscape, people } = ready;
  const managed = landscape.managedTenants.map(({ alias }) => alias).join(', ');
  return `vnet-vending runs on this machine and works on the REAL AZURE: VNets and address space are in earnest.
Ctrl-C stops it; its data, the record of what it made, stays in ${dataDirectory}

  Azure        ${azure.cloud}: ${azure.resourceManager}, Entra ID ${azure.authority}
  Tenants      ${landscape.managementTenantId} (management); ${managed}
  Page         ${ready.api}/
  API          ${ready.api}/api/openapi.json
  Service Bus  ${ready.serviceBus.replace(/;.*/, '')}  (connection string: ${shortest(accessFile)})

${peopleNotice(people, shortest(accessFile))}
Before the first request: vnetv doctor (docs/one-machine.md)
`;
}

function peopleNotice(people: RealAzureReady['people'], accessFile: string): string {
  if (people.length === 0) {
    return 'Nobody can sign in at the page and the API: no --people FILE was given.';
  }
  const listed = people.map(({ name, roles }) => `  ${name}: ${roles.join(', ') || 'no role'}`);
  return `These people can sign in, each with a code of ${accessFile}. Who can read that file, or run programs as you,
can act as any of them, APPROVERS included:
${listed.join('\n')}`;
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
