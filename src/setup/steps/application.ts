import { homeTenantOf, noClientId, type SetupContext, waitUntil } from '../context.ts';
import {
  type Application,
  applicationSchema,
  createApplication,
  findApplication,
  patchApplication,
  requireFreeName,
} from '../directory.ts';
import {
  audienceBefore,
  audienceTag,
  isMadeBy,
  madeTag,
  markerTag,
  otherUsers,
  usedTag,
} from '../marker.ts';
import { SetupError } from '../setup-error.ts';
import type { Step } from '../step.ts';
import { signInId } from './sign-in.ts';

export const applicationId = 'application';
export const multiTenantId = 'application multi-tenant';

/** The application in its home tenant; one without a client id in the landscape is created. */
export function applicationStep(context: SetupContext): Step {
  const { administration, application, applicationName } = context;
  const tenant = homeTenantOf(context);
  return {
    id: applicationId,
    tenant,
    needs: [signInId(tenant)],
    async look() {
      const found = await findApplication(context);
      if (found && application.clientId !== noClientId) {
        return { status: 'present', detail: `'${found.displayName}' (${found.appId})` };
      }
      if (found) {
        return { status: 'differs', detail: `write ${found.appId} into the landscape` };
      }
      if (application.clientId !== noClientId) throw unknownApplication(context);
      // One of an attempt whose answer was lost may have the name, and may not show by its tag yet.
      if ((await context.attempt.read()) === undefined) await requireName(context);
      return { status: 'missing', detail: `'${applicationName}'` };
    },
    make: () => makeApplication(context),
    async find() {
      const found = await findApplication(context);
      if (!found) return undefined;
      const others = otherUsers(context, found.tags);
      return {
        isOurs: isMadeBy(context, found.tags),
        detail: `'${found.displayName}' (${found.appId})`,
        inUse: others.length > 0 ? usedBy(others) : undefined,
      };
    },
    async remove() {
      const found = await findApplication(context);
      if (found) {
        await administration.graph(tenant, {
          method: 'DELETE',
          path: `/applications/${found.id}`,
          accept: [404],
          doing: `Deleting the application '${found.displayName}'`,
        });
      }
      await context.keepClientId(noClientId);
      await context.attempt.end();
    },
  };
}

/** Creates it, or takes the one of an interrupted attempt. */
async function makeApplication(context: SetupContext): Promise<void> {
  const { application, applicationName, attempt, waiting, seen } = context;
  const underWay = await attempt.read();
  let found = await findApplication(context);
  if (!found && underWay) {
    const seconds = waiting.replicationSeconds - underWay.ageSeconds;
    const shows = async () => {
      found = await findApplication(context);
      return found !== undefined;
    };
    await waitUntil(waiting, seconds, shows, () => new NotThere()).catch(passOver);
    if (!found) await requireName(context);
  }
  found ??= await createApplication(
    context,
    {
      displayName: applicationName,
      signInAudience: 'AzureADMultipleOrgs',
      tags: [madeTag(context, await attempt.begin()), usedTag(context)],
    },
    applicationSchema,
  );
  await context.keepClientId(found.appId);
  application.clientId = found.appId;
  seen?.set('application', found);
  await attempt.end();
}

/** What an attempt has not made within the time that directories take. */
export class NotThere extends SetupError {
  constructor() {
    super('NotYet', 'It does not show.', { remedy: 'Run the set-up again in a while.' });
  }
}
export function passOver(error: unknown): void {
  if (!(error instanceof NotThere)) throw error;
}

const requireName = (context: SetupContext): Promise<void> =>
  requireFreeName(
    context,
    context.applicationName,
    'Write its client id into the landscape if it is yours, or choose another name: --application-name.',
  );

export const usedBy = (keys: readonly string[]): string =>
  `${keys.length === 1 ? 'another landscape uses' : 'other landscapes use'} it (${keys.join(', ')})`;

const unknownApplication = ({ application, landscape }: SetupContext): SetupError =>
  new SetupError('InputMissing', `There is no application ${application.clientId}.`, {
    why: `The landscape says that it is at home in tenant ${landscape.application.homeTenantId}; it is not there.`,
    remedy: `If it was made just now, run the set-up again in a while. Otherwise correct application.clientId or homeTenantId in the landscape; or write ${noClientId} as clientId, and the set-up creates one.`,
  });

const openAudiences = ['AzureADMultipleOrgs', 'AzureADandPersonalMicrosoftAccount'];

/**
 * Open to other tenants, or they cannot have a service principal of it. On one that a set-up made or changed
 * it is noted which landscapes use it, so that none takes it away from another.
 */
export function multiTenantStep(context: SetupContext): Step {
  const tenant = homeTenantOf(context);
  const used = usedTag(context);
  const isOpen = ({ signInAudience }: Application) => openAudiences.includes(signInAudience);
  const lacksNote = ({ tags }: Application) =>
    tags.some((tag) => tag.startsWith(`${markerTag}:`)) && !tags.includes(used);
  /** What is put back; undefined: nothing, it goes as a whole or was open. */
  const toGiveBack = ({ tags }: Application) =>
    otherUsers(context, tags).length === 0 ? audienceBefore(tags) : undefined;
  return {
    id: multiTenantId,
    tenant,
    needs: [applicationId],
    async look() {
      const found = await findApplication(context);
      if (!found) return { status: 'missing', detail: 'open to other tenants' };
      if (!isOpen(found)) {
        return {
          status: 'differs',
          detail: `${found.signInAudience} becomes AzureADMultipleOrgs`,
        };
      }
      return lacksNote(found)
        ? { status: 'differs', detail: 'note that this landscape uses it, too' }
        : { status: 'present', detail: found.signInAudience };
    },
    async make() {
      const found = await findApplication(context);
      if (!found || (isOpen(found) && !lacksNote(found))) return;
      const tags = found.tags.filter((tag) => tag !== used);
      await patchApplication(
        context,
        found,
        isOpen(found)
          ? { tags: [...tags, used] }
          : {
              signInAudience: 'AzureADMultipleOrgs',
              tags: [...tags, audienceTag(found.signInAudience), used],
            },
      );
    },
    async find() {
      const found = await findApplication(context);
      if (!found) return undefined;
      const before = toGiveBack(found);
      if (before !== undefined) {
        return { isOurs: true, detail: `${found.signInAudience} becomes ${before} again` };
      }
      // The note of the one that goes goes with it; where others use it, whoever made it keeps the note.
      const isNoted = found.tags.includes(used) && !isMadeBy(context, found.tags);
      return isNoted ? { isOurs: true, isNote: true, detail: 'this landscape uses it' } : undefined;
    },
    async remove() {
      const found = await findApplication(context);
      if (!found) return;
      const before = toGiveBack(found);
      const gone = [used, ...(before === undefined ? [] : [audienceTag(before)])];
      const tags = found.tags.filter((tag) => !gone.includes(tag));
      const audience = before === undefined ? {} : { signInAudience: before };
      await patchApplication(context, found, { ...audience, tags });
    },
  };
}
