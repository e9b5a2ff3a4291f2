import { type CloudName, cloudNames, clouds } from '../azure/clouds.ts';
import type { Endpoints } from './administration.ts';
import type { Accounts } from './credentials.ts';
import { SetupError } from './setup-error.ts';

export interface CloudChoice {
  /** `--cloud`. */
  readonly cloud?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly accounts?: Accounts | undefined;
}

/** Where Azure is: a cloud of Microsoft's, with single addresses replaced by the environment or a ready file. */
export function chooseEndpoints({ cloud, env, accounts }: CloudChoice): {
  readonly endpoints: Endpoints;
  readonly disableInstanceDiscovery: boolean;
} {
  const name = cloud ?? (env['VNETV_CLOUD'] || 'public');
  if (!isCloud(name)) {
    throw new SetupError('InputMissing', `There is no cloud '${name}'.`, {
      remedy: `Name one of ${cloudNames.join(', ')}.`,
    });
  }
  const known = clouds[name];
  const graph = address(env['VNETV_GRAPH'] || accounts?.azure?.graph || known.graph);
  const authority = address(
    env['VNETV_AUTHORITY'] || accounts?.azure?.authority || known.authority,
  );
  return {
    endpoints: {
      authority,
      resourceManager: address(
        env['VNETV_RESOURCE_MANAGER'] || accounts?.azure?.resourceManager || known.resourceManager,
      ),
      resourceManagerScope: known.resourceManagerScope,
      graph,
      graphScope: known.graphScope,
      tokenExchangeAudience: known.tokenExchangeAudience,
    },
    disableInstanceDiscovery: authority !== known.authority,
  };
}

const isCloud = (name: string): name is CloudName => cloudNames.some((one) => one === name);

/** @throws SetupError on anything but https: tokens are sent there */
function address(url: string): string {
  if (URL.parse(url)?.protocol === 'https:') return url.replace(/\/+$/, '');
  throw new SetupError('InputMissing', `'${url}' is no address of Azure.`, {
    why: 'Tokens are sent there, which is done over https alone.',
    remedy: 'Correct VNETV_AUTHORITY, VNETV_RESOURCE_MANAGER or VNETV_GRAPH.',
  });
}
