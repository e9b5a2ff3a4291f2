import { z } from 'zod';
import registration from '../../../infra/sign-in-app.json' with { type: 'json' };
import clients from '../../../infra/sign-in-clients.json' with { type: 'json' };
import { parsed } from '../answers.ts';
import { homeTenantOf, type SetupContext } from '../context.ts';
import { equals, textsSchema } from '../directory.ts';
import { isMarkedFor, markerTag, markerText } from '../marker.ts';
import { SetupError } from '../setup-error.ts';
import type { Step } from '../step.ts';
import { applicationId } from './application.ts';
import { federatedCredentialStep } from './federated-credential.ts';

const stepId = 'API application';

const applicationSchema = z.object({
  id: z.string(),
  appId: z.string(),
  displayName: z.string(),
  tags: textsSchema,
  identifierUris: textsSchema,
  appRoles: z.array(z.object({ value: z.string().nullish() })),
  api: z
    .looseObject({
      oauth2PermissionScopes: z.array(z.looseObject({ id: z.string() })).nullish(),
      preAuthorizedApplications: z.array(z.looseObject({ appId: z.string() })).nullish(),
    })
    .nullish(),
  web: z
    .looseObject({
      redirectUris: textsSchema,
      implicitGrantSettings: z
        .looseObject({ enableIdTokenIssuance: z.boolean().nullish() })
        .nullish(),
    })
    .nullish(),
});
type SignInApplication = z.output<typeof applicationSchema>;

/** Of the registration; names the application whose set-up made it. */
const tagOf = ({ application }: SetupContext): string =>
  `${markerTag}:sign-in:${application.clientId}`;

/**
 * The registration that people, `vnetv` and programs sign in to (infra/sign-in-app.json): in the tenant of the
 * function app, which is the home of the application. None unless its name is given; undoing finds it by its mark.
 */
export function signInApplicationSteps(context: SetupContext, forUndo: boolean): readonly Step[] {
  if (context.signInApplication === undefined && !forUndo) return [];
  const find = () => findSignInApplication(context);
  const trusting = { id: 'API federated credential', needs: [stepId], find };
  return [
    registrationStep(context),
    principalStep(context),
    ...(context.managedIdentity === undefined && !forUndo
      ? []
      : [federatedCredentialStep(context, trusting)]),
  ];
}

/** The one with the mark; else the one of that name, whoever made it. */
async function findSignInApplication(
  context: SetupContext,
): Promise<SignInApplication | undefined> {
  const list = async (filter: string) => {
    const answer = await context.administration.graph(homeTenantOf(context), {
      method: 'GET',
      path: `/applications${filter}`,
      doing: 'Looking for the registration that people sign in to',
    });
    return parsed(z.object({ value: z.array(applicationSchema) }), answer).value;
  };
  const marked = `?$filter=${encodeURIComponent(`tags/any(t:t eq '${tagOf(context)}')`)}`;
  const [ours] = await list(marked);
  if (ours || context.signInApplication === undefined) return ours;
  const named = await list(equals('displayName', context.signInApplication));
  if (named.length < 2) return named[0];
  throw new SetupError(
    'Conflict',
    `There are several applications '${context.signInApplication}'.`,
    {
      remedy: 'Give one another name, or another name as --sign-in-application.',
    },
  );
}

/** What has to be added to one that is there. */
function gapsOf(context: SetupContext, found: SignInApplication): readonly string[] {
  const { redirectUri } = context;
  const lacksUri = found.identifierUris.length === 0;
  const lacksRedirect = redirectUri !== undefined && !found.web?.redirectUris.includes(redirectUri);
  return [
    ...(lacksUri ? [`api://${found.appId}`] : []),
    ...(lacksRedirect ? [redirectUri] : []),
    ...(found.web?.implicitGrantSettings?.enableIdTokenIssuance ? [] : ['ID tokens']),
    ...lackingClients(found).map(({ appId }) => `client ${appId}`),
  ];
}

/** Changes that close the gaps and keep what else is there. */
function changesOf({ redirectUri }: SetupContext, found: SignInApplication) {
  const { identifierUris, appId, api, web } = found;
  const redirectUris = [...(web?.redirectUris ?? []), ...(redirectUri ? [redirectUri] : [])];
  const lacking = lackingClients(found);
  const preAuthorizedApplications = [...(api?.preAuthorizedApplications ?? []), ...lacking];
  return {
    identifierUris: identifierUris.length > 0 ? identifierUris : [`api://${appId}`],
    web: {
      ...web,
      redirectUris: [...new Set(redirectUris)],
      // App Service asks for an ID token when somebody signs in, and Entra ID refuses without this.
      implicitGrantSettings: { ...web?.implicitGrantSettings, enableIdTokenIssuance: true },
    },
    ...(lacking.length > 0 ? { api: { ...api, preAuthorizedApplications } } : {}),
  };
}

/**
 * Clients that get no token yet. Graph takes them only once the scope is there that they may ask for, and so
 * never with the POST that makes it.
 */
function lackingClients({ api }: SignInApplication) {
  const scopes = api?.oauth2PermissionScopes?.map(({ id }) => id) ?? [];
  const known = api?.preAuthorizedApplications?.map(({ appId }) => appId) ?? [];
  return clients.api.preAuthorizedApplications.filter(
    ({ appId, delegatedPermissionIds }) =>
      !known.includes(appId) && delegatedPermissionIds.every((id) => scopes.includes(id)),
  );
}

function requireRoles(found: SignInApplication): void {
  const missing = registration.appRoles
    .map(({ value }) => value)
    .filter((role) => !found.appRoles.some(({ value }) => value === role));
  if (missing.length === 0) return;
  throw new SetupError('Conflict', `The application '${found.displayName}' lacks app roles.`, {
    why: `It was not made by the set-up, and lacks ${missing.join(', ')}.`,
    remedy:
      'Add what infra/sign-in-app.json has (az rest --method PATCH), or give another name as --sign-in-application.',
  });
}

function registrationStep(context: SetupContext): Step {
  const { administration, signInApplication: name = '' } = context;
  const tenant = homeTenantOf(context);
  const find = () => findSignInApplication(context);
  const doing = `Writing the application '${name}'`;
  return {
    id: stepId,
    tenant,
    needs: [applicationId],
    async look() {
      const found = await find();
      if (!found) return { status: 'missing', detail: `'${name}', with its app roles` };
      requireRoles(found);
      const gaps = gapsOf(context, found);
      return gaps.length === 0
        ? { status: 'present', detail: `'${found.displayName}' (${found.appId})` }
        : { status: 'differs', detail: `+ ${gaps.join(', + ')}` };
    },
    async make() {
      if (!(await find())) {
        const body = { ...registration, displayName: name, tags: [tagOf(context)] };
        await administration.graph(tenant, { method: 'POST', path: '/applications', body, doing });
      }
      const found = await find();
      if (!found || gapsOf(context, found).length === 0) return;
      await administration.graph(tenant, {
        method: 'PATCH',
        path: `/applications/${found.id}`,
        body: changesOf(context, found),
        doing,
      });
    },
    async find() {
      const found = await find();
      return (
        found && { isOurs: found.tags.includes(tagOf(context)), detail: `'${found.displayName}'` }
      );
    },
    async remove() {
      const found = await find();
      if (!found) return;
      const path = `/applications/${found.id}`;
      await administration.graph(tenant, { method: 'DELETE', path, accept: [404], doing });
    },
  };
}

/** People are given app roles at it, and it is what they sign in to. */
function principalStep(context: SetupContext): Step {
  const { administration, application } = context;
  const tenant = homeTenantOf(context);
  const find = async () => {
    const found = await findSignInApplication(context);
    if (!found) return undefined;
    const answer = await administration.graph(tenant, {
      method: 'GET',
      path: `/servicePrincipals${equals('appId', found.appId)}`,
      doing: 'Looking for the service principal that people sign in to',
    });
    const schema = z.object({ id: z.string(), notes: z.string().nullish() });
    return parsed(z.object({ value: z.array(schema) }), answer).value[0];
  };
  return {
    id: 'API service principal',
    tenant,
    needs: [stepId],
    async look() {
      const found = await find();
      return found
        ? { status: 'present', detail: found.id }
        : { status: 'missing', detail: 'for app roles of people' };
    },
    async make() {
      const found = await findSignInApplication(context);
      await administration.graph(tenant, {
        method: 'POST',
        path: '/servicePrincipals',
        body: { appId: found?.appId, notes: markerText(application.clientId) },
        accept: [409],
        doing: 'Creating the service principal that people sign in to',
      });
    },
    async find() {
      const found = await find();
      return found && { isOurs: isMarkedFor(found.notes, application.clientId), detail: found.id };
    },
    async remove() {
      const found = await find();
      if (!found) return;
      await administration.graph(tenant, {
        method: 'DELETE',
        path: `/servicePrincipals/${found.id}`,
        accept: [404],
        doing: 'Deleting the service principal that people sign in to',
      });
    },
  };
}
