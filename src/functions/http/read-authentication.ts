import type { Authentication } from './authentication.ts';

/** Setting of the local platform alone: the key that proves its headers, new at every start. */
export const localPrincipalKey = 'VNETV_LOCAL_PRINCIPAL_KEY';

const shortestKey = 32;

/**
 * Who says who the callers are. The API believes the header that names the caller, so the app does not
 * start where nobody takes away what callers write there themselves: with App Service authentication
 * (`WEBSITE_AUTH_ENABLED`, which the platform sets and an app setting cannot), or on the local platform.
 */
export function readAuthentication(
  environment: Readonly<Record<string, string | undefined>>,
): Authentication {
  const key = environment[localPrincipalKey];
  const inAzure = ['WEBSITE_SITE_NAME', 'WEBSITE_INSTANCE_ID'].some((name) => environment[name]);
  if (key !== undefined) {
    if (inAzure) {
      throw new Error(
        `The app setting ${localPrincipalKey} belongs to the local platform; in Azure it would let callers ` +
          'name themselves. Remove it.',
      );
    }
    if (key.length < shortestKey) {
      throw new Error(
        `The app setting ${localPrincipalKey} has ${key.length} characters; make it of at least ${shortestKey} random ones.`,
      );
    }
    return { by: 'local-platform', signInUrl: '/.auth/login/local', key };
  }
  if (!inAzure || environment['WEBSITE_AUTH_ENABLED']?.toLowerCase() !== 'true') {
    throw new Error(
      'The app does not start without authentication in front of it, because anybody could name themselves in ' +
        'the header x-ms-client-principal. Turn App Service authentication on for the function app ' +
        '(az webapp auth update --enabled true), with Microsoft Entra ID as identity provider; on your own ' +
        'machine, use the local platform (npm start).',
    );
  }
  return { by: 'app-service', signInUrl: '/.auth/login/aad' };
}
