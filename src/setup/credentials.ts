import { readFile } from 'node:fs/promises';
import type { TokenCredential } from '@azure/identity';
import { z } from 'zod';
import { sameId } from '../azure/arm-ids.ts';
import type { TenantName } from './administration.ts';
import { SetupError } from './setup-error.ts';

/** Service principals that stand for a person: in pipelines, and at the emulated Azure (its ready file). */
const accountsSchema = z.object({
  administrators: z.array(
    z.object({ tenantId: z.guid(), clientId: z.guid(), clientSecret: z.string().min(1) }),
  ),
  /** In a ready file: where the emulated Azure is. */
  azure: z.object({ resourceManager: z.url(), authority: z.url(), graph: z.url() }).optional(),
});
export type Accounts = z.output<typeof accountsSchema>;

export async function readAccounts(file: string): Promise<Accounts> {
  try {
    return accountsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new SetupError('InputMissing', `The accounts in '${file}' cannot be read.`, {
      why: why.replaceAll('\n', ' '),
      remedy:
        'It is JSON: { "administrators": [{ "tenantId", "clientId", "clientSecret" }] }; the ready file of the emulated Azure will do.',
    });
  }
}

export interface SignInChoice {
  readonly way: 'chain' | 'interactive' | 'device-code';
  readonly accounts?: Accounts | undefined;
  readonly authority: string;
  /** For an authority that is not one of Microsoft's. */
  readonly disableInstanceDiscovery: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Shows somebody what to do at another device. */
  readonly tell: (text: string) => void;
}

/**
 * One credential for each tenant, so that a person may have an account of its own in each. The package is loaded
 * when it is needed: it is large. Nothing is stored.
 */
export async function credentialOf(
  { way, accounts, authority, disableInstanceDiscovery, tell, env }: SignInChoice,
  { tenantId, name, subscriptionId }: TenantName,
): Promise<TokenCredential> {
  const identity = await import('@azure/identity');
  const common = { tenantId, authorityHost: authority, disableInstanceDiscovery };
  if (accounts) {
    const account = accounts.administrators.find((one) => sameId(one.tenantId, tenantId));
    if (!account) throw new Error(`The file of accounts has none for tenant ${tenantId}.`);
    const { clientId, clientSecret } = account;
    return new identity.ClientSecretCredential(tenantId, clientId, clientSecret, common);
  }
  if (way === 'chain') {
    const own = ofEnvironment(identity, env, common);
    if (own) return own;
    const chain = new identity.DefaultAzureCredential(common);
    // The Azure CLI asked for a tenant takes the account that is its default, whether it belongs there or not;
    // asked for a subscription it takes the account that has it.
    return hasOwnCredential(env) || subscriptionId === undefined
      ? chain
      : new identity.ChainedTokenCredential(
          new identity.AzureCliCredential({ subscription: subscriptionId }),
          chain,
        );
  }
  tell(`Sign in to the ${name} (${tenantId}).`);
  if (way === 'interactive') return new identity.InteractiveBrowserCredential(common);
  return new identity.DeviceCodeCredential({
    ...common,
    userPromptCallback: ({ message }) => tell(message),
  });
}

/**
 * The service principal of the environment, for the tenant that is asked for: EnvironmentCredential would take
 * AZURE_TENANT_ID for all of them.
 */
function ofEnvironment(
  identity: typeof import('@azure/identity'),
  env: SignInChoice['env'],
  common: { readonly tenantId: string; readonly authorityHost: string },
): TokenCredential | undefined {
  const { tenantId } = common;
  const clientId = env['AZURE_CLIENT_ID'];
  if (!clientId || env['AZURE_TOKEN_CREDENTIALS']) return undefined;
  const clientSecret = env['AZURE_CLIENT_SECRET'];
  if (clientSecret) {
    return new identity.ClientSecretCredential(tenantId, clientId, clientSecret, common);
  }
  const certificatePath = env['AZURE_CLIENT_CERTIFICATE_PATH'];
  if (!certificatePath) return undefined;
  const certificatePassword = env['AZURE_CLIENT_CERTIFICATE_PASSWORD'];
  const certificate = { certificatePath, ...(certificatePassword ? { certificatePassword } : {}) };
  return new identity.ClientCertificateCredential(tenantId, clientId, certificate, common);
}

/** What to do when there is no token for a tenant, by the way of signing in. */
export function signInRemedy(
  { way, accounts, env }: SignInChoice,
  { tenantId }: TenantName,
): string {
  if (accounts) {
    return `Check the account of tenant ${tenantId} in the file of --accounts: its client id, its secret, and that it is at home there.`;
  }
  if (way !== 'chain') {
    return `Sign in with an account of tenant ${tenantId}; a guest needs an account in that tenant.`;
  }
  if (hasOwnCredential(env)) {
    return `The environment says who you are (AZURE_CLIENT_ID, ...): that application needs a service principal in tenant ${tenantId}. Or give one account for each tenant by --accounts, or unset these variables and use az login --tenant ${tenantId}.`;
  }
  return `az login --tenant ${tenantId} (accounts of several tenants stay signed in side by side), or use --interactive or --device-code; a guest needs an account in that tenant.`;
}

/** A pipeline says in its environment who it is, or which credential it means. */
const hasOwnCredential = (env: SignInChoice['env']): boolean =>
  [
    'AZURE_CLIENT_SECRET',
    'AZURE_CLIENT_CERTIFICATE_PATH',
    'AZURE_FEDERATED_TOKEN_FILE',
    'AZURE_TOKEN_CREDENTIALS',
  ].some((name) => env[name]);
