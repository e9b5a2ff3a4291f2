import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import {
  isPublicAddress,
  isPublicOrLoopbackAddress,
} from '../../activities/callbacks/allowed-address.ts';
import type {
  CallbackDependencies,
  FailedCallbacks,
} from '../../activities/callbacks/callback-contracts.ts';
import { parseSecrets } from '../../activities/callbacks/webhook-signature.ts';
import type { Callback } from '../../model/callbacks.ts';
import { findManagedTenant } from '../../model/managed-tenant.ts';
import type { Settings } from '../settings.ts';

type CallbackSettings = Pick<Settings, 'landscape' | 'authentication' | 'all'>;

/**
 * What deliveries of callbacks touch the world with.
 *
 * @throws Error when a callback of the landscape could never be delivered, with all that is wrong
 */
export function callbackDependencies(
  settings: CallbackSettings,
  failedCallbacks: FailedCallbacks,
): CallbackDependencies {
  const { landscape, all } = settings;
  const faults = landscape.callbacks.flatMap((callback) => faultsOf(callback, settings));
  if (faults.length > 0) {
    throw new Error(`Callbacks of the landscape are wrong; correct them:\n${faults.join('\n')}`);
  }
  return {
    landscape,
    settings: all,
    network: {
      isAllowed: addressRule(settings),
      allowHttp: isLocal(settings),
      resolve: (hostname) => lookup(hostname, { all: true }),
    },
    failedCallbacks,
    now: () => new Date(),
  };
}

const isLocal = ({ authentication }: CallbackSettings): boolean =>
  authentication.by === 'local-platform';

const addressRule = (settings: CallbackSettings) =>
  isLocal(settings) ? isPublicOrLoopbackAddress : isPublicAddress;

/** Says nothing of what an address in a setting is. */
function faultsOf(callback: Callback, settings: CallbackSettings): string[] {
  const { name, url, urlSetting = '', secretSetting, tenants = [] } = callback;
  const faults: string[] = [];
  const claim = (holds: boolean, fault: string) => {
    if (!holds) faults.push(`callback '${name}': ${fault}`);
  };
  const address = URL.parse(url ?? settings.all[urlSetting] ?? '');
  const place = url === undefined ? `the app setting '${urlSetting}'` : 'url';
  const protocols = isLocal(settings) ? ['https:', 'http:'] : ['https:'];
  claim(protocols.includes(address?.protocol ?? ''), `${place} must be an https address`);
  claim(
    (address?.username ?? '') === '' && (address?.password ?? '') === '',
    `${place} must not hold a user name or password`,
  );
  const host = address?.hostname.replace(/^\[|\]$/g, '') ?? '';
  claim(
    isIP(host) === 0 || addressRule(settings)(host),
    `${place} must not lead into a private network`,
  );
  claim(
    parseSecrets(settings.all[secretSetting]) !== undefined,
    `the app setting '${secretSetting}' must hold a secret: whsec_ and base64 of 24 to 64 bytes, such as "whsec_$(openssl rand -base64 32)"; two, with a space between, while it is being changed`,
  );
  for (const tenant of tenants) {
    claim(
      findManagedTenant(settings.landscape, tenant)?.alias === tenant,
      `'${tenant}' is no alias of a managed tenant`,
    );
  }
  return faults;
}
