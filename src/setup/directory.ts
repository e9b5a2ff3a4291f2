import { z } from 'zod';
import type { TenantName } from './administration.ts';
import { parsed } from './answers.ts';
import { homeTenantOf, noClientId, retryWhile, type SetupContext, saysCode } from './context.ts';
import { madeTag } from './marker.ts';
import { SetupError } from './setup-error.ts';

export const textsSchema = z
  .array(z.string())
  .nullish()
  .transform((texts) => texts ?? []);

export const applicationSchema = z.object({
  id: z.string(),
  appId: z.guid(),
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
export const tagged = (tag: string): string =>
  `?$filter=${encodeURIComponent(`tags/any(t:t eq '${tag}')`)}`;

/** Applications of the home tenant. */
export async function listApplications<T>(
  context: SetupContext,
  filter: string,
  schema: z.ZodType<T>,
): Promise<readonly T[]> {
  const items = await context.administration.listGraph(homeTenantOf(context), {
    method: 'GET',
    path: `/applications${filter}`,
    doing: 'Looking for the application',
  });
  return items.map((item) => parsed(schema, { body: item }));
}

/**
 * The application in its home tenant: the one whose client id the landscape has. As long as it has none, the
 * one that an interrupted run has made, known by the id of its attempt. Never one by its name: anybody may
 * register an application by any name.
 */
export async function findApplication(context: SetupContext): Promise<Application | undefined> {
  const { application, attempt, seen } = context;
  if (application.clientId !== noClientId) {
    const filter = equals('appId', application.clientId);
    const [found] = await listApplications(context, filter, applicationSchema);
    if (found) seen?.set('application', found);
    // Directories answer from replicas, some of which are late.
    return found ?? (seen?.get('application') as Application | undefined);
  }
  const underWay = await attempt.read();
  if (underWay === undefined) return undefined;
  const filter = tagged(madeTag(context, underWay.id));
  return theOnly(await listApplications(context, filter, applicationSchema));
}

/** @throws SetupError when somebody has copied the tag */
export function theOnly<T extends { readonly appId: string }>(found: readonly T[]): T | undefined {
  if (found.length < 2) return found[0];
  throw new SetupError('Conflict', `There are ${found.length} applications of one attempt.`, {
    why: 'It cannot be told which of them the set-up has made.',
    remedy: `Delete what is not yours of ${found.map(({ appId }) => appId).join(', ')}, or write the client id of yours into the landscape.`,
  });
}

/** @throws SetupError when there are applications of the name: one of them may be meant */
export async function requireFreeName(
  context: SetupContext,
  name: string,
  remedy: string,
): Promise<void> {
  const schema = z.object({ appId: z.string() });
  const found = await listApplications(context, equals('displayName', name), schema);
  if (found.length === 0) return;
  throw new SetupError('Conflict', `There is an application '${name}' already.`, {
    why: `Its client id is ${found.map(({ appId }) => appId).join(', ')}. Names prove nothing: nobody says that it is yours.`,
    remedy,
  });
}

/** @throws SetupError */
export async function createApplication<T>(
  context: SetupContext,
  body: { readonly displayName: string } & Readonly<Record<string, unknown>>,
  schema: z.ZodType<T>,
): Promise<T> {
  const answer = await context.administration.graph(homeTenantOf(context), {
    method: 'POST',
    path: '/applications',
    body,
    doing: `Creating the application '${body.displayName}'`,
  });
  return parsed(schema, answer);
}

/** Changes an application that may be so new that not every replica knows it. */
export const patchApplication = (
  context: SetupContext,
  { id }: Pick<Application, 'id'>,
  body: object,
): Promise<void> =>
  retryWhile(context.waiting, notKnownYet, async () => {
    await context.administration.graph(homeTenantOf(context), {
      method: 'PATCH',
      path: `/applications/${id}`,
      body,
      doing: 'Changing the application',
    });
  });

/** What Graph says of something that it was just told of. */
export const notKnownYet = saysCode('Request_ResourceNotFound', 'ResourceNotFound');

/** The application's service principal in a tenant. */
export async function findServicePrincipal(
  { administration, application, seen }: SetupContext,
  tenant: TenantName,
): Promise<ServicePrincipal | undefined> {
  if (application.clientId === noClientId) return undefined;
  const [item] = await administration.listGraph(tenant, {
    method: 'GET',
    path: `/servicePrincipals${equals('appId', application.clientId)}`,
    doing: 'Looking for the service principal',
  });
  const key = `service principal ${tenant.tenantId}`;
  if (item === undefined) return seen?.get(key) as ServicePrincipal | undefined;
  const found = parsed(servicePrincipalSchema, { body: item });
  seen?.set(key, found);
  return found;
}

/** Keeps what Graph answered to a POST: its lists may show it later. */
export function rememberServicePrincipal(
  { seen }: SetupContext,
  tenant: TenantName,
  body: unknown,
): void {
  const { success, data } = servicePrincipalSchema.safeParse(body);
  if (success) seen?.set(`service principal ${tenant.tenantId}`, data);
}
