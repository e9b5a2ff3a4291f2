import { z } from 'zod';
import registration from '../../../infra/sign-in-app.json' with { type: 'json' };
import clients from '../../../infra/sign-in-clients.json' with { type: 'json' };
import { parsed } from '../answers.ts';
import { homeTenantOf, retryWhile, type SetupContext, waitUntil } from '../context.ts';
import {
  createApplication,
  equals,
  findApplication,
  listApplications,
  notKnownYet,
  patchApplication,
  requireFreeName,
  tagged,
  textsSchema,
  theOnly,
} from '../directory.ts';
import { isMarked, madeTag, markerText, signInAppIdOf, signInTag } from '../marker.ts';
import { SetupError } from '../setup-error.ts';
import type { Step } from '../step.ts';
import { applicationId, NotThere, passOver } from './application.ts';
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

const seenKey = 'sign-in application';
const guid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The client id that the application notes as made for it: nobody else can write there. */
async function notedId(context: SetupContext): Promise<string | undefined> {
  const application = await findApplication(context);
  return application && signInAppIdOf(context, application.tags);
}

/**
 * The one whose client id was given, or is noted at the application; else the one of an interrupted attempt.
 * Never one by its name, nor by a mark that anybody can set.
 */
async function findSignInApplication(
  context: SetupContext,
): Promise<SignInApplication | undefined> {
  const { signInApplication: asked = '', signInAttempt, seen } = context;
  const appId = guid.test(asked) ? asked : await notedId(context);
  if (appId !== undefined) {
    const [found] = await listApplications(context, equals('appId', appId), applicationSchema);
    if (found) seen?.set(seenKey, found);
    return found ?? (seen?.get(seenKey) as SignInApplication | undefined);
  }
  const underWay = await signInAttempt.read();
  if (underWay === undefined) return undefined;
  const filter = tagged(madeTag(context, underWay.id));
  return theOnly(await listApplications(context, filter, applicationSchema));
}

/** Made by a run that has not come to note it. */
async function isOfAttempt(context: SetupContext, { tags }: SignInApplication): Promise<boolean> {
  const underWay = await context.signInAttempt.read();
  return underWay !== undefined && tags.includes(madeTag(context, underWay.id));
}

/** Notes at the application which registration was made for it; `undefined` takes the note away. */
async function note(context: SetupContext, appId: string | undefined): Promise<void> {
  const application = await findApplication(context);
  if (!application) return;
  const others = application.tags.filter((tag) => !tag.startsWith(signInTag(context, '')));
  const tags = [...others, ...(appId === undefined ? [] : [signInTag(context, appId)])];
  await patchApplication(context, application, { tags });
  context.seen?.set('application', { ...application, tags });
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

async function makeRegistration(context: SetupContext, name: string): Promise<void> {
  const { signInAttempt, waiting, seen } = context;
  const underWay = await signInAttempt.read();
  let found = await findSignInApplication(context);
  if (!found && underWay) {
    const seconds = waiting.replicationSeconds - underWay.ageSeconds;
    const shows = async () => {
      found = await findSignInApplication(context);
      return found !== undefined;
    };
    await waitUntil(waiting, seconds, shows, () => new NotThere()).catch(passOver);
    if (!found) await requireName(context, name);
  }
  if (!found) {
    const tags = [madeTag(context, await signInAttempt.begin())];
    const body = { ...registration, displayName: name, tags };
    found = await createApplication(context, body, applicationSchema);
  }
  seen?.set(seenKey, found);
  if (await isOfAttempt(context, found)) {
    await note(context, found.appId);
    await signInAttempt.end();
  }
  if (gapsOf(context, found).length === 0) return;
  await patchApplication(context, found, changesOf(context, found));
}

const requireName = (context: SetupContext, name: string): Promise<void> =>
  requireFreeName(
    context,
    name,
    'Give its client id as --sign-in-application if it is yours, or another name.',
  );

function registrationStep(context: SetupContext): Step {
  const { administration, signInApplication: name = '' } = context;
  const tenant = homeTenantOf(context);
  const find = () => findSignInApplication(context);
  return {
    id: stepId,
    tenant,
    needs: [applicationId],
    async look() {
      const found = await find();
      if (!found) {
        if (guid.test(name)) throw unknownRegistration(name);
        if ((await context.signInAttempt.read()) === undefined) await requireName(context, name);
        return { status: 'missing', detail: `'${name}', with its app roles` };
      }
      requireRoles(found);
      if (await isOfAttempt(context, found)) {
        return { status: 'differs', detail: `note ${found.appId} at the application` };
      }
      const gaps = gapsOf(context, found);
      return gaps.length === 0
        ? { status: 'present', detail: `'${found.displayName}' (${found.appId})` }
        : { status: 'differs', detail: `'${found.displayName}': + ${gaps.join(', + ')}` };
    },
    make: () => makeRegistration(context, name),
    async find() {
      const [found, noted] = [await find(), await notedId(context)];
      if (!found) return noted === undefined ? undefined : { isOurs: true, detail: noted };
      const isOurs = noted === found.appId || (await isOfAttempt(context, found));
      return { isOurs, detail: `'${found.displayName}' (${found.appId})` };
    },
    async remove() {
      const found = await find();
      if (found) {
        await administration.graph(tenant, {
          method: 'DELETE',
          path: `/applications/${found.id}`,
          accept: [404],
          doing: `Deleting the application '${found.displayName}'`,
        });
      }
      await note(context, undefined);
      await context.signInAttempt.end();
    },
  };
}

const unknownRegistration = (appId: string): SetupError =>
  new SetupError('InputMissing', `There is no application ${appId} to sign in to.`, {
    why: 'It is looked for in the home tenant of the application.',
    remedy: 'Correct --sign-in-application, or give a name, and the set-up creates one.',
  });

/** People are given app roles at it, and it is what they sign in to. */
function principalStep(context: SetupContext): Step {
  const { administration } = context;
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
      if (!found) throw new NotThere();
      await retryWhile(context.waiting, notKnownYet, async () => {
        await administration.graph(tenant, {
          method: 'POST',
          path: '/servicePrincipals',
          body: { appId: found.appId, notes: markerText(context) },
          accept: [409],
          doing: 'Creating the service principal that people sign in to',
        });
      });
    },
    async find() {
      const found = await find();
      return found && { isOurs: isMarked(context, found.notes), detail: found.id };
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
