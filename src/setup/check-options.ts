import { isPrefix } from '../model/prefixes.ts';
import type { SetupOptions } from './context.ts';
import { SetupError } from './setup-error.ts';

/** @throws SetupError: a misspelled name would set up something else than was meant */
export function checkOptions(options: SetupOptions): void {
  const { landscape, tenants = [], poolPrefixes, managedIdentity } = options;
  refuseUnknown('tenant', tenants, landscape.managedTenants);
  refuseUnknown('pool', Object.keys(poolPrefixes), landscape.pools);
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
