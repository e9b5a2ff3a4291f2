import { z } from 'zod';
import type { TenantName } from './administration.ts';
import { parsed } from './answers.ts';
import { homeTenantOf, noClientId, type SetupContext } from './context.ts';
import { madeTag } from './marker.ts';
import { SetupError } from './setup-error.ts';

export const textsSchema = z
  .array(z.string())
  .nullish()
  .transform((texts) => texts ?? []);

const applicationSchema = z.object({
  id: z.string(),
  appId: z.string(),
  displayName: z.string(),
  signInAudience: z.string(),
  tags: textsSchema,
});
export type Application = z.output<typeof applicationSchema>;

/** Its tags tell nothing: it inherits those of its application. */
const servicePrincipalSchema = z.object({
  id: z.string(),
  appId: z.string(),
  notes: z.string().nullish(),
});
export type ServicePrincipal = z.output<typeof servicePrincipalSchema>;

export const equals = (member: string, value: string): string =>
  `?$filter=${encodeURIComponent(`${member} eq '${value.replaceAll("'", "''")}'`)}`;

/**
 * The application in its home tenant. One that is to be created is known by its name and by the mark that
 * the set-up leaves, until its client id is in the landscape.
 */
export async function findApplication(context: SetupContext): Promise<Application | undefined> {
  const { administration, application, applicationName } = context;
  const isNew = application.clientId === noClientId;
  const filter = isNew
    ? equals('displayName', applicationName)
    : equals('appId', application.clientId);
  const answer = await administration.graph(homeTenantOf(context), {
    method: 'GET',
    path: `/applications${filter}`,
    doing: 'Looking for the application',
  });
  const { value } = parsed(z.object({ value: z.array(applicationSchema) }), answer);
  const found = isNew ? value.filter(({ tags }) => tags.includes(madeTag)) : value;
  if (found.length > 1) {
    throw new SetupError(
      'Conflict',
      `There are ${found.length} applications '${applicationName}'.`,
      {
        why: 'It cannot be told which of them the landscape is about.',
        remedy: `Write the client id of one of them into the landscape: ${found.map(({ appId }) => appId).join(', ')}.`,
      },
    );
  }
  return found[0];
}

/** The application's service principal in a tenant. */
export async function findServicePrincipal(
  { administration, application }: SetupContext,
  tenant: TenantName,
): Promise<ServicePrincipal | undefined> {
  if (application.clientId === noClientId) return undefined;
  const answer = await administration.graph(tenant, {
    method: 'GET',
    path: `/servicePrincipals${equals('appId', application.clientId)}`,
    doing: 'Looking for the service principal',
  });
  const { value } = parsed(z.object({ value: z.array(servicePrincipalSchema) }), answer);
  return value[0];
}
