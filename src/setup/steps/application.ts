import { z } from 'zod';
import { parsed } from '../answers.ts';
import { homeTenantOf, noClientId, type SetupContext } from '../context.ts';
import { type Application, findApplication } from '../directory.ts';
import { audienceBefore, audienceTag, madeTag } from '../marker.ts';
import { SetupError } from '../setup-error.ts';
import type { Step } from '../step.ts';
import { signInId } from './sign-in.ts';

export const applicationId = 'application';
export const multiTenantId = 'application multi-tenant';

/** The application in its home tenant; one without a client id in the landscape is created. */
export function applicationStep(context: SetupContext): Step {
  const { administration, application, applicationName } = context;
  const tenant = homeTenantOf(context);
  const adopt = async ({ appId }: Application) => {
    if (application.clientId !== noClientId) return;
    await context.keepClientId(appId);
    application.clientId = appId;
  };
  return {
    id: applicationId,
    tenant,
    needs: [signInId(tenant)],
    async look() {
      const found = await findApplication(context);
      if (found && application.clientId !== noClientId) {
        return { status: 'present', detail: `'${found.displayName}' (${found.appId})` };
      }
      if (found) return { status: 'differs', detail: `write ${found.appId} into the landscape` };
      if (application.clientId === noClientId) {
        return { status: 'missing', detail: `'${applicationName}'` };
      }
      throw unknownApplication(context);
    },
    async make() {
      const found = await findApplication(context);
      if (found) return await adopt(found);
      const answer = await administration.graph(tenant, {
        method: 'POST',
        path: '/applications',
        body: {
          displayName: applicationName,
          signInAudience: 'AzureADMultipleOrgs',
          tags: [madeTag],
        },
        doing: `Creating the application '${applicationName}'`,
      });
      const { appId } = parsed(z.object({ appId: z.guid() }), answer);
      await context.keepClientId(appId);
      application.clientId = appId;
    },
    async find() {
      const found = await findApplication(context);
      return found && { isOurs: found.tags.includes(madeTag), detail: `'${found.displayName}'` };
    },
    async remove() {
      const found = await findApplication(context);
      if (!found) return;
      await administration.graph(tenant, {
        method: 'DELETE',
        path: `/applications/${found.id}`,
        accept: [404],
        doing: `Deleting the application '${found.displayName}'`,
      });
      await context.keepClientId(noClientId);
    },
  };
}

const unknownApplication = ({ application, landscape }: SetupContext): SetupError =>
  new SetupError('InputMissing', `There is no application ${application.clientId}.`, {
    why: `The landscape says that it is at home in tenant ${landscape.application.homeTenantId}; it is not there.`,
    remedy: `Correct application.clientId or homeTenantId in the landscape; or write ${noClientId} as clientId, and the set-up creates one.`,
  });

const openAudiences = ['AzureADMultipleOrgs', 'AzureADandPersonalMicrosoftAccount'];

/** Open to other tenants, or they cannot have a service principal of it. */
export function multiTenantStep(context: SetupContext): Step {
  const { administration } = context;
  const tenant = homeTenantOf(context);
  const patch = async ({ id }: Application, body: object) => {
    await administration.graph(tenant, {
      method: 'PATCH',
      path: `/applications/${id}`,
      body,
      doing: 'Changing who may sign in with the application',
    });
  };
  return {
    id: multiTenantId,
    tenant,
    needs: [applicationId],
    async look() {
      const found = await findApplication(context);
      if (!found) return { status: 'missing', detail: 'open to other tenants' };
      const { signInAudience } = found;
      return openAudiences.includes(signInAudience)
        ? { status: 'present', detail: signInAudience }
        : { status: 'differs', detail: `${signInAudience} becomes AzureADMultipleOrgs` };
    },
    async make() {
      const found = await findApplication(context);
      if (!found || openAudiences.includes(found.signInAudience)) return;
      await patch(found, {
        signInAudience: 'AzureADMultipleOrgs',
        tags: [...found.tags, audienceTag(found.signInAudience)],
      });
    },
    async find() {
      const found = await findApplication(context);
      if (!found) return undefined;
      const before = audienceBefore(found.tags);
      if (before === undefined) return undefined;
      return { isOurs: true, detail: `${found.signInAudience} becomes ${before} again` };
    },
    async remove() {
      const found = await findApplication(context);
      const before = audienceBefore(found?.tags ?? []);
      if (!found || before === undefined) return;
      await patch(found, {
        signInAudience: before,
        tags: found.tags.filter((tag) => tag !== audienceTag(before)),
      });
    },
  };
}
