import { type CloudName, cloudNames, clouds } from '../azure/clouds.ts';
import type { PlatformOptions } from './options.ts';
import type { RealAzure } from './real-azure.ts';

type Flags = Pick<PlatformOptions, 'cloud' | 'authority' | 'resourceManager'>;

/** The real Azure that the flags name; undefined where they name none. @throws when they contradict */
export function realAzureOf({ cloud, authority, resourceManager }: Flags): RealAzure | undefined {
  if (cloud === undefined && authority === undefined && resourceManager === undefined) {
    return undefined;
  }
  if ((authority === undefined) !== (resourceManager === undefined)) {
    throw new Error(
      'Own endpoints are two: give --authority and --resource-manager together, or --cloud alone.',
    );
  }
  const name = cloud ?? 'public';
  return {
    cloud: name,
    authority: httpsOrigin('--authority', authority ?? clouds[name].authority),
    resourceManager: httpsOrigin(
      '--resource-manager',
      resourceManager ?? clouds[name].resourceManager,
    ),
  };
}

/** `azure` is what people call the public one. */
export function cloudNamed(text: string): CloudName {
  const name = text === 'azure' ? 'public' : text;
  const found = cloudNames.find((known) => known === name);
  if (found) return found;
  throw new Error(`The clouds are ${cloudNames.join(', ')}; azure is another name of public.`);
}

/** Tokens go there: never in the clear. */
function httpsOrigin(flag: string, text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' && url.pathname === '/') return url.origin;
  throw new Error(`${flag} is an address such as https://HOST, without a path; '${text}' is none.`);
}
