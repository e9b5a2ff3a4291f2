import { parsePoolId } from '../azure/arm-ids.ts';
import { isPrefix } from '../model/prefixes.ts';
import type { SetupOptions } from './context.ts';
import { SetupError } from './setup-error.ts';

/** @throws SetupError: a misspelled name would set up something else than was meant */
export function checkOptions(options: SetupOptions): void {
  const { landscape, tenants = [], poolPrefixes, managedIdentity } = options;
  refuseUnknown('tenant', tenants, landscape.managedTenants);
  refuseUnknown('pool', Object.keys(poolPrefixes), landscape.pools);
  refuseUnusualNames(options);
  checkRedirect(options);
  const bad = Object.values(poolPrefixes)
    .flat()
    .find((prefix) => !isPrefix(prefix));
  if (bad !== undefined) {
    throw new SetupError('InputMissing', `'${bad}' is no prefix.`, {
      remedy: 'Write it on its boundary, such as 10.0.0.0/16 or fd00::/32.',
    });
  }
  if (managedIdentity !== undefined && !guid.test(managedIdentity)) {
    throw new SetupError('InputMissing', `'${managedIdentity}' is no object id.`, {
      remedy: 'It is the principal id of the identity: az identity show --query principalId.',
    });
  }
}

/** What Azure calls a name; anything else would lead to another place of an address. */
const names = {
  'resource group': /^[-\p{L}\p{N}._()]{0,89}[-\p{L}\p{N}_()]$/u,
  'network manager or pool': /^[0-9a-zA-Z]([0-9a-zA-Z_.-]{0,62}[0-9a-zA-Z_])?$/,
};

function refuseUnusualNames({ landscape }: SetupOptions): void {
  const { managementTenant, managedTenants, pools } = landscape;
  const parts = pools.map(({ id }) => parsePoolId(id));
  const groups = managedTenants.flatMap(({ subscriptions }) =>
    subscriptions.flatMap(({ resourceGroups = [] }) => resourceGroups),
  );
  const used = [
    ...[managementTenant, ...parts].map((one) => ['resource group', one.resourceGroup] as const),
    ...groups.map((group) => ['resource group', group] as const),
    ...[managementTenant, ...parts].map(
      ({ networkManager }) => ['network manager or pool', networkManager] as const,
    ),
    ...parts.map(({ pool }) => ['network manager or pool', pool] as const),
  ];
  const wrong = used.find(([kind, name]) => !names[kind].test(name));
  if (wrong === undefined) return;
  throw new SetupError('InputMissing', `'${wrong[1]}' is no name of a ${wrong[0]}.`, {
    remedy: 'Correct it in the landscape.',
  });
}

/** @throws SetupError: Entra ID takes https alone, and a wrong address lets nobody in */
function checkRedirect({ redirectUri, signInApplication }: SetupOptions): void {
  if (redirectUri === undefined) return;
  if (signInApplication !== undefined && URL.parse(redirectUri)?.protocol === 'https:') return;
  throw new SetupError('InputMissing', `'${redirectUri}' cannot be used.`, {
    why: 'It is an https address of the registration that --sign-in-application names.',
    remedy: 'Give both, such as --redirect-uri https://HOST/.auth/login/aad/callback.',
  });
}

const guid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

function refuseUnknown(
  kind: string,
  named: readonly string[],
  known: readonly { readonly alias: string }[],
): void {
  const aliases = known.map(({ alias }) => alias);
  for (const alias of named) {
    if (aliases.includes(alias)) continue;
    throw new SetupError('InputMissing', `The landscape has no ${kind} '${alias}'.`, {
      remedy: `It has: ${aliases.join(', ')}.`,
    });
  }
}
