import { z } from 'zod';
import { sameId } from '../../azure/arm-ids.ts';
import { parsed } from '../answers.ts';
import { homeTenantOf, retryWhile, type SetupContext } from '../context.ts';
import { findApplication, notKnownYet, textsSchema } from '../directory.ts';
import { landscapeKeyOf, markerTag } from '../marker.ts';
import { SetupError } from '../setup-error.ts';
import type { Step } from '../step.ts';
import { applicationId } from './application.ts';

const credentialsSchema = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      issuer: z.string(),
      subject: z.string(),
      audiences: textsSchema,
    }),
  ),
});
type Credential = z.output<typeof credentialsSchema>['value'][number];

const doing = {
  GET: 'Looking for the federated credential',
  POST: 'Creating the federated credential',
  DELETE: 'Deleting the federated credential',
} as const;

/** The application that trusts the identity. */
export interface Trusting {
  /** Of the step. */
  readonly id: string;
  readonly needs: readonly string[];
  find(): Promise<{ readonly id: string } | undefined>;
}

/** The application of the landscape. */
export const trustingApplication = (context: SetupContext): Trusting => ({
  id: 'federated credential',
  needs: [applicationId],
  find: () => findApplication(context),
});

/** What the application trusts besides its own secrets and certificates. */
function trustOf(context: SetupContext, { find }: Trusting) {
  const { administration } = context;
  const ask = async (method: keyof typeof doing, below: string, body?: object) => {
    const application = await find();
    if (!application) return undefined;
    return await administration.graph(homeTenantOf(context), {
      method,
      path: `/applications/${application.id}/federatedIdentityCredentials${below}`,
      ...(body === undefined ? {} : { body }),
      ...(method === 'POST' ? {} : { accept: [404] }),
      doing: doing[method],
    });
  };
  return {
    async list(): Promise<readonly Credential[]> {
      const answer = await ask('GET', '');
      // 404: an application so new that not every replica knows it.
      return answer === undefined || answer.status === 404
        ? []
        : parsed(credentialsSchema, answer).value;
    },
    add: (credential: object) => ask('POST', '', credential),
    drop: ({ id }: Credential) => ask('DELETE', `/${id}`),
  };
}

/** Ours are known by their names; one of somebody else goes with the application, if that goes. */
const nameOf = (context: SetupContext, subject: string): string =>
  `${markerTag}-${landscapeKeyOf(context)}-${subject}`;

/** Entra ID takes two credentials of one issuer and subject for the same, so it cannot be added beside. */
const otherAudience = ({ name, audiences }: Credential, wanted: string): SetupError =>
  new SetupError('Conflict', `The federated credential '${name}' is for another audience.`, {
    why: `It says ${audiences.join(', ') || 'none'}; tokens of a managed identity are for ${wanted}.`,
    remedy: 'Delete it, or correct its audience; then run the set-up again.',
  });

/**
 * Lets the application trust the user-assigned managed identity of the function app, so that there is no
 * secret. Entra ID wants both in one tenant. Without an identity there is only something to undo.
 */
export function federatedCredentialStep(context: SetupContext, trusting: Trusting): Step {
  const { endpoints, landscape, managedIdentity: subject } = context;
  const trust = trustOf(context, trusting);
  const issuer = `${endpoints.authority}/${landscape.application.homeTenantId}/v2.0`;
  const audience = endpoints.tokenExchangeAudience;
  const isOurs = ({ name }: Credential) => name.startsWith(nameOf(context, ''));
  const find = async () => {
    const found = (await trust.list()).find(
      (one) => one.issuer === issuer && sameId(one.subject, subject ?? ''),
    );
    if (found && !found.audiences.includes(audience)) throw otherAudience(found, audience);
    return found;
  };
  return {
    id: trusting.id,
    tenant: homeTenantOf(context),
    needs: trusting.needs,
    async look() {
      if (subject === undefined) return { status: 'present', detail: 'none is asked for' };
      const found = await find();
      return found
        ? { status: 'present', detail: `'${found.name}' trusts ${subject}` }
        : { status: 'missing', detail: `trusts the managed identity ${subject}` };
    },
    async make() {
      if (subject === undefined || (await find())) return;
      const credential = { name: nameOf(context, subject), issuer, subject, audiences: [audience] };
      await retryWhile(context.waiting, notKnownYet, async () => {
        await trust.add(credential);
      });
    },
    async find() {
      const ours = (await trust.list()).filter(isOurs);
      return ours.length === 0
        ? undefined
        : { isOurs: true, detail: ours.map(({ name }) => `'${name}'`).join(', ') };
    },
    async remove() {
      for (const credential of (await trust.list()).filter(isOurs)) await trust.drop(credential);
    },
  };
}
