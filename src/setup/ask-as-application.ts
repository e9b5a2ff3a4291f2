import { z } from 'zod';
import { stringsSchema } from '../azure/parse-answer.ts';
import { credentialIn, type Landscape } from '../model/landscape.ts';
import { Administration } from './administration.ts';
import { parsed } from './answers.ts';
import type { SetupContext } from './context.ts';
import type { SignInChoice } from './credentials.ts';
import { SetupError } from './setup-error.ts';

const permissionsSchema = z.object({
  value: z.array(z.object({ actions: stringsSchema, notActions: stringsSchema })),
});

export interface AskingOptions
  extends Pick<SetupContext, 'application' | 'endpoints'>,
    Pick<SignInChoice, 'disableInstanceDiscovery' | 'env'> {
  readonly landscape: Landscape;
}

/**
 * Asks as the application itself what it may do, where its client secret is in the environment; undefined where it
 * is not, or is that of another application.
 */
export function askAsApplication(options: AskingOptions): SetupContext['permissionsOfApplication'] {
  let asking = asApplication(options);
  return async (tenantId, scope) => {
    if (secretFor(options, tenantId) === undefined) return undefined;
    try {
      const answer = await asking.arm(
        { tenantId, name: 'tenant of the application' },
        {
          method: 'GET',
          path: `${scope}/providers/Microsoft.Authorization/permissions`,
          apiVersion: '2022-04-01',
          // Whoever may not ask for its rights has none of those that are waited for: the roles hold that one.
          accept: [403, 404],
          doing: 'Asking as the application',
        },
      );
      return answer.status < 300 ? parsed(permissionsSchema, answer).value : [];
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      // The SDK remembers a refusal for a while, and a service principal may be too new by seconds.
      asking = asApplication(options);
      return /AADSTS70002\d\d/.test(error.why ?? '') && !/AADSTS7000229/.test(error.why ?? '')
        ? undefined
        : [];
    }
  };
}

const asApplication = (options: AskingOptions): Administration =>
  new Administration({
    endpoints: options.endpoints,
    async credentialOf({ tenantId }) {
      const { ClientSecretCredential } = await import('@azure/identity');
      const { application, endpoints, disableInstanceDiscovery } = options;
      const secret = secretFor(options, tenantId) ?? '';
      return new ClientSecretCredential(tenantId, application.clientId, secret, {
        authorityHost: endpoints.authority,
        disableInstanceDiscovery,
      });
    },
  });

function secretFor({ landscape, env }: AskingOptions, tenantId: string): string | undefined {
  const credential = credentialIn(landscape, tenantId);
  return credential.type === 'clientSecret' ? env[credential.setting] || undefined : undefined;
}
