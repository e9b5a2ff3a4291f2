import type { AccessToken, TokenCredential } from '@azure/identity';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { printableText } from '../render/printable.ts';
import type { World } from '../world.ts';
import type { SignIn } from './sign-in.ts';

export const defaultScope = 'api://vnet-vending/.default';

/** A token that ends sooner than this is not used any more. */
const reserveMs = 2 * 60_000;

export interface EntraOptions {
  readonly way: 'chain' | 'interactive' | 'device-code';
  readonly scope: string;
  /** Of a person's sign-in; default: the tenant where the account is at home. */
  readonly tenantId?: string | undefined;
  /** The public client application of an interactive sign-in; default: the one of Azure's tools. */
  readonly clientId?: string | undefined;
  /** Default: that of public Azure. */
  readonly authorityHost?: string | undefined;
}

const wayNames = {
  chain: 'Entra ID (environment, workload identity, managed identity, or a tool of Azure)',
  interactive: 'Entra ID, in the browser',
  'device-code': 'Entra ID, by device code',
} as const;

/** Signs in with Entra ID by `@azure/identity`, which is loaded when a token is needed: it is large. */
export function entraSignIn(options: EntraOptions, world: World): SignIn {
  let credential: Promise<TokenCredential> | undefined;
  let token: AccessToken | undefined;
  return {
    description: wayNames[options.way],
    async token() {
      if (token && token.expiresOnTimestamp - reserveMs > world.now().getTime()) return token.token;
      credential ??= createCredential(options, world);
      token = await obtain(await credential, options);
      return token.token;
    },
    renew() {
      const hadOne = token !== undefined;
      token = undefined;
      return hadOne;
    },
    remedy: async () =>
      'Sign in with "az login" (or azd, or Azure PowerShell), or use --interactive or --device-code; ' +
      'in a pipeline set AZURE_TENANT_ID, AZURE_CLIENT_ID and a credential.',
  };
}

async function obtain(credential: TokenCredential, options: EntraOptions): Promise<AccessToken> {
  const token = await credential
    .getToken(options.scope, options.tenantId ? { tenantId: options.tenantId } : {})
    .catch((error: Error) => {
      throw new CliError(exitCodes.notAllowed, 'You are not signed in.', {
        cause: shorten(error.message),
        remedy: `${remedies[options.way]} The token is asked for the scope ${options.scope} (VNETV_SCOPE).`,
      });
    });
  if (token) return token;
  throw new CliError(exitCodes.notAllowed, 'Entra ID answered without a token.', {
    remedy: remedies[options.way],
  });
}

const remedies = {
  chain:
    'Sign in with "az login" (or azd, or Azure PowerShell), use --interactive or --device-code, or set ' +
    'AZURE_TENANT_ID, AZURE_CLIENT_ID and a credential.',
  interactive: 'Try again, or use --device-code where no browser can be opened.',
  'device-code': 'Try again and enter the code in time.',
} as const;

const mostCharacters = 160;

/**
 * The chain tells of every credential that it tried, a line for each, some with headers and pages of
 * advice.
 */
export function shorten(message: string): string {
  const lines = message
    .split('\n')
    .map((line) => printableText(line).replace('CredentialUnavailableError: ', '').trim())
    .filter((line) => line !== '');
  return lines
    .map((line) => (line.length > mostCharacters ? `${line.slice(0, mostCharacters)}...` : line))
    .join(' ');
}

async function createCredential(options: EntraOptions, world: World): Promise<TokenCredential> {
  const identity = await import('@azure/identity');
  const { way, tenantId, clientId, authorityHost } = options;
  const common = {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(authorityHost === undefined ? {} : { authorityHost }),
    // Only an authority of Microsoft's can be asked whether an authority is Microsoft's.
    disableInstanceDiscovery: isForeign(authorityHost),
  };
  if (way === 'chain') return new identity.DefaultAzureCredential(common);
  const application = clientId === undefined ? {} : { clientId };
  if (way === 'interactive') {
    return new identity.InteractiveBrowserCredential({ ...common, ...application });
  }
  return new identity.DeviceCodeCredential({
    ...common,
    ...application,
    userPromptCallback: ({ message }) => {
      world.stderr.write(`${printableText(message)}\n`);
    },
  });
}

const microsoftAuthority = /(^|\.)(microsoftonline\.com|microsoftonline\.us|chinacloudapi\.cn)$/i;

function isForeign(authorityHost: string | undefined): boolean {
  const url = authorityHost === undefined ? null : URL.parse(authorityHost);
  return url !== null && !microsoftAuthority.test(url.hostname);
}
