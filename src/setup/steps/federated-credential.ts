import { z } from 'zod';
import { parsed } from '../answers.ts';
import { homeTenantOf, type SetupContext } from '../context.ts';
import { findApplication } from '../directory.ts';
import { markerTag } from '../marker.ts';
import type { Step } from '../step.ts';
import { applicationId } from './application.ts';

const credentialsSchema = z.object({
  value: z.array(
    z.object({ id: z.string(), name: z.string(), issuer: z.string(), subject: z.string() }),
  ),
});

/**
 * Lets the application trust the user-assigned managed identity of the function app, so that there is no
 * secret. Entra ID wants both in one tenant.
 */
export function federatedCredentialStep(context: SetupContext, subject: string): Step {
  const { administration, endpoints, landscape } = context;
  const tenant = homeTenantOf(context);
  const issuer = `${endpoints.authority}/${landscape.application.homeTenantId}/v2.0`;
  const name = `${markerTag}-${subject}`;
  const pathOf = (id: string) => `/applications/${id}/federatedIdentityCredentials`;
  const find = async () => {
    const application = await findApplication(context);
    if (!application) return undefined;
    const answer = await administration.graph(tenant, {
      method: 'GET',
      path: pathOf(application.id),
      doing: 'Looking for the federated credential',
    });
    return parsed(credentialsSchema, answer).value.find(
      (one) => one.issuer === issuer && one.subject.toLowerCase() === subject.toLowerCase(),
    );
  };
  return {
    id: 'federated credential',
    tenant,
    needs: [applicationId],
    async look() {
      const found = await find();
      return found
        ? { status: 'present', detail: `'${found.name}' trusts ${subject}` }
        : { status: 'missing', detail: `trusts the managed identity ${subject}` };
    },
    async make() {
      const application = await findApplication(context);
      if (!application || (await find())) return;
      await administration.graph(tenant, {
        method: 'POST',
        path: pathOf(application.id),
        body: { name, issuer, subject, audiences: [endpoints.tokenExchangeAudience] },
        doing: 'Creating the federated credential',
      });
    },
    async find() {
      const found = await find();
      // One of somebody else goes with the application, if that goes.
      return found?.name === name ? { isOurs: true, detail: `'${found.name}'` } : undefined;
    },
    async remove() {
      const [application, found] = [await findApplication(context), await find()];
      if (!application || !found) return;
      await administration.graph(tenant, {
        method: 'DELETE',
        path: `${pathOf(application.id)}/${found.id}`,
        accept: [404],
        doing: 'Deleting the federated credential',
      });
    },
  };
}
