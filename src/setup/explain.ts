import { type AzureAnswer, readErrorBody } from '../azure/azure-answer.ts';
import { redact } from '../azure/redact.ts';
import type { TenantName } from './administration.ts';
import { SetupError } from './setup-error.ts';

/** Which roles of Azure hold an action, and what it is, for people. */
const holders: readonly (readonly [pattern: RegExp, roles: string])[] = [
  [
    /^Microsoft\.Authorization\/roleAssignments\//i,
    'Owner, User Access Administrator or Role Based Access Control Administrator',
  ],
  [/^Microsoft\.Authorization\/roleDefinitions\//i, 'Owner or User Access Administrator'],
  [/^Microsoft\.Resources\//i, 'Owner or Contributor'],
  [/^Microsoft\.Network\//i, 'Owner, Contributor or Network Contributor'],
];

const rolesWith = (action: string): string =>
  holders.find(([pattern]) => pattern.test(action))?.[1] ?? 'Owner';

export const permissionMissing = (
  action: string,
  scope: string,
  { name, tenantId }: TenantName,
  doing: string,
): SetupError =>
  new SetupError('PermissionMissing', `${doing} needs a right that you lack in the ${name}.`, {
    why: `You lack ${action} on ${scope} (tenant ${tenantId}).`,
    remedy: `Have an Owner or User Access Administrator of it give you ${rolesWith(action)} there, then run the set-up again; it goes on where it stopped.`,
  });

const directoryRightMissing = ({ name, tenantId }: TenantName, doing: string): SetupError =>
  new SetupError(
    'PermissionMissing',
    `${doing} needs a right that you lack in the directory of the ${name}.`,
    {
      why: `Microsoft Graph refuses it to whoever is signed in to tenant ${tenantId}.`,
      remedy:
        'Have a Privileged Role Administrator or Global Administrator of that tenant give you Application Administrator or Cloud Application Administrator, sign in anew, and run the set-up again; it goes on where it stopped.',
    },
  );

/** An answer that is no success. */
export function explainAnswer(
  service: 'resourceManager' | 'graph',
  { status, body }: AzureAnswer,
  tenant: TenantName,
  doing: string,
): SetupError {
  const { code, message } = readErrorBody(body);
  const words = redact(`${code || `HTTP ${status}`}: ${message}`);
  if (status === 401) return explainSignIn(new Error(words), tenant);
  if (status === 403 && service === 'graph') return directoryRightMissing(tenant, doing);
  if (status === 403) {
    const [, action, scope] = /perform action '([^']+)' over scope '([^']+)'/i.exec(message) ?? [];
    return permissionMissing(action ?? 'a right', scope ?? 'the subscription', tenant, doing);
  }
  if (status === 404 && code === 'SubscriptionNotFound') {
    return new SetupError('AzureRefused', `${doing} failed: there is no such subscription.`, {
      why: words,
      remedy: `Check the subscription in the landscape, and that you are signed in to the ${tenant.name} (${tenant.tenantId}).`,
    });
  }
  if (status === 429 || status >= 500) {
    return new SetupError('AzureUnavailable', `${doing} failed for now.`, {
      why: words,
      remedy: 'Run the set-up again in a while; it goes on where it stopped.',
    });
  }
  return new SetupError('AzureRefused', `${doing} was refused in the ${tenant.name}.`, {
    why: words,
    remedy: 'Cure what Azure names, then run the set-up again; it goes on where it stopped.',
  });
}

/** No answer came. */
export const explainFault = (error: unknown, tenant: TenantName, doing: string): SetupError =>
  isSignInFailure(error)
    ? explainSignIn(error, tenant)
    : new SetupError('AzureUnavailable', `${doing} failed: Azure did not answer.`, {
        why: redact(messageOf(error)),
        remedy: 'Check the network, then run the set-up again; it goes on where it stopped.',
      });

const isSignInFailure = (error: unknown): boolean =>
  error instanceof Error &&
  /^(AuthenticationError|AuthenticationRequiredError|AggregateAuthenticationError|CredentialUnavailableError|CredentialOfOtherTenant)$/.test(
    error.name,
  );

export const explainSignIn = (error: unknown, { name, tenantId }: TenantName): SetupError =>
  new SetupError('SignInFailed', `You are not signed in to the ${name}.`, {
    why: shorten(redact(messageOf(error))),
    remedy: `az login --tenant ${tenantId} (accounts of several tenants stay signed in side by side), or use --interactive or --device-code; a guest needs an account in that tenant.`,
  });

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const mostCharacters = 300;

/** The chain of credentials tells of each one that it tried. */
function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters)}...` : line;
}
