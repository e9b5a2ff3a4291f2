import type { ApiAddress } from '../api/api-address.ts';
import { usageError } from '../cli-error.ts';
import type { World } from '../world.ts';
import { defaultScope, entraSignIn } from './entra-sign-in.ts';
import { localSignIn, noSignIn } from './local-sign-in.ts';
import type { SignIn } from './sign-in.ts';

export interface SignInOptions {
  /** `--as`. */
  readonly as?: string | undefined;
  readonly interactive?: boolean | undefined;
  readonly deviceCode?: boolean | undefined;
}

/**
 * Who is spoken for: `--as`, then `--interactive` or `--device-code`, then VNETV_AS where the API
 * is on this machine, then what `@azure/identity` finds. At a local platform it is asked only if
 * the environment holds a credential: nobody wants a token of their real tenant for an emulated
 * one.
 */
export function chooseSignIn(address: ApiAddress, options: SignInOptions, world: World): SignIn {
  const { env } = world;
  const { interactive = false, deviceCode = false } = options;
  if (Number(options.as !== undefined) + Number(interactive) + Number(deviceCode) > 1) {
    throw usageError(
      '--as, --interactive and --device-code exclude one another.',
      'Give one of them, or none.',
    );
  }
  if (options.as !== undefined) return localSignIn(address, options.as, world);
  const entra = (way: 'chain' | 'interactive' | 'device-code') =>
    entraSignIn(
      {
        way,
        scope: env['VNETV_SCOPE'] || defaultScope,
        tenantId: env['AZURE_TENANT_ID'] || undefined,
        clientId: env['VNETV_CLIENT_ID'] || undefined,
        authorityHost: env['AZURE_AUTHORITY_HOST'] || undefined,
      },
      world,
    );
  if (interactive) return entra('interactive');
  if (deviceCode) return entra('device-code');
  if (!address.isLoopback) return entra('chain');
  if (env['VNETV_AS']) return localSignIn(address, env['VNETV_AS'], world);
  const holdsCredential =
    env['AZURE_CLIENT_SECRET'] ||
    env['AZURE_CLIENT_CERTIFICATE_PATH'] ||
    env['AZURE_FEDERATED_TOKEN_FILE'];
  return holdsCredential ? entra('chain') : noSignIn(address, world);
}
