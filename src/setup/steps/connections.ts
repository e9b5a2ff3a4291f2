import { z } from 'zod';
import { sameId } from '../../azure/arm-ids.ts';
import type { TenantName } from '../administration.ts';
import { parsed } from '../answers.ts';
import { managementTenantOf, type SetupContext, waitUntil } from '../context.ts';
import { isMarked, markerText } from '../marker.ts';
import { scopesAbove } from '../scopes.ts';
import { SetupError } from '../setup-error.ts';
import type { Step } from '../step.ts';
import { managerPathOf, networkApiVersion, networkManagerId } from './management.ts';
import { signInId } from './sign-in.ts';

export interface ConnectedSubscription {
  readonly tenant: TenantName;
  readonly alias: string;
  readonly subscriptionId: string;
}

const sideSchema = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.object({
    connectionState: z.string(),
    description: z.string().nullish(),
    /** Of the management side. */
    tenantId: z.string().optional(),
    resourceId: z.string().optional(),
    /** Of the managed side. */
    networkManagerId: z.string().optional(),
  }),
});
type Side = z.output<typeof sideSchema>;

interface Place {
  readonly tenant: TenantName;
  /** Of the list; a connection lies below. */
  readonly path: string;
  readonly action: string;
  readonly rightsScopes: readonly string[];
  /** Of a connection that is created. */
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  isIt(side: Side): boolean;
}

/** At the network manager: which scope of which tenant it is connected with. */
function managementSide(context: SetupContext, to: ConnectedSubscription): Place {
  const resourceId = `/subscriptions/${to.subscriptionId}`;
  const { tenantId } = to.tenant;
  return {
    tenant: managementTenantOf(context),
    path: `${managerPathOf(context)}/scopeConnections`,
    action: 'Microsoft.Network/networkManagers/scopeConnections/write',
    rightsScopes: [managerPathOf(context), ...scopesAbove(managerPathOf(context))],
    name: `vnetv-${to.alias.slice(0, 40)}-${to.subscriptionId.slice(-8)}`,
    properties: { tenantId, resourceId },
    isIt: ({ properties }) =>
      sameId(properties.tenantId ?? '', tenantId) &&
      sameId(properties.resourceId ?? '', resourceId),
  };
}

/** In the subscription: by which network manager it lets itself be connected. */
function managedSide(context: SetupContext, to: ConnectedSubscription): Place {
  const managerId = managerPathOf(context);
  const { networkManager, subscriptionId } = context.landscape.managementTenant;
  return {
    tenant: to.tenant,
    path: `/subscriptions/${to.subscriptionId}/providers/Microsoft.Network/networkManagerConnections`,
    action: 'Microsoft.Network/networkManagerConnections/write',
    rightsScopes: [`/subscriptions/${to.subscriptionId}`],
    name: `vnetv-${networkManager.slice(0, 40)}-${subscriptionId.slice(-8)}`,
    properties: { networkManagerId: managerId },
    isIt: ({ properties }) => sameId(properties.networkManagerId ?? '', managerId),
  };
}

async function listSides(
  { administration }: SetupContext,
  { tenant, path }: Place,
): Promise<readonly Side[]> {
  const items = await administration.listArm(tenant, {
    method: 'GET',
    path,
    apiVersion: networkApiVersion,
    // The network manager may not be there yet.
    accept: [404],
    doing: 'Listing connections',
  });
  return items.map((item) => parsed(sideSchema, { body: item }));
}

const findSide = async (context: SetupContext, place: Place): Promise<Side | undefined> =>
  (await listSides(context, place)).find((side) => place.isIt(side));

export const connectionSideId = (
  side: 'management' | 'managed',
  { subscriptionId }: ConnectedSubscription,
): string => `connection ${subscriptionId}, ${side} side`;

/** One side of a cross-tenant connection. */
function sideStep(
  context: SetupContext,
  to: ConnectedSubscription,
  which: 'management' | 'managed',
): Step {
  const { administration } = context;
  const place = (which === 'management' ? managementSide : managedSide)(context, to);
  const { tenant, path } = place;
  return {
    id: connectionSideId(which, to),
    tenant,
    needs: [signInId(tenant), networkManagerId],
    rights: [{ action: place.action, scopes: place.rightsScopes }],
    async look() {
      const found = await findSide(context, place);
      return found
        ? { status: 'present', detail: `'${found.name}'` }
        : { status: 'missing', detail: `'${place.name}'` };
    },
    async make() {
      const taken = (await listSides(context, place)).find(({ name }) => sameId(name, place.name));
      if (taken && !place.isIt(taken)) throw nameTaken(place, taken);
      await administration.arm(tenant, {
        method: 'PUT',
        path: `${path}/${place.name}`,
        apiVersion: networkApiVersion,
        body: {
          properties: { ...place.properties, description: markerText(context) },
        },
        doing: `Creating the ${which} side of the connection with ${to.alias}`,
      });
    },
    async find() {
      const found = await findSide(context, place);
      const isOurs = isMarked(context, found?.properties.description);
      return found && { isOurs, detail: `'${found.name}'` };
    },
    async remove() {
      const found = await findSide(context, place);
      if (!found) return;
      await administration.arm(tenant, {
        method: 'DELETE',
        path: `${path}/${found.name}`,
        apiVersion: networkApiVersion,
        accept: [404],
        doing: `Deleting the ${which} side of the connection with ${to.alias}`,
      });
    },
  };
}

const nameTaken = ({ name, path }: Place, { properties }: Side): SetupError =>
  new SetupError('Conflict', `There is a connection '${name}' to something else.`, {
    why: `${path}/${name} leads to ${properties.resourceId ?? properties.networkManagerId}.`,
    remedy: 'Delete or rename it, then run the set-up again.',
  });

export const connectedId = ({ subscriptionId }: ConnectedSubscription): string =>
  `connection ${subscriptionId}, both sides`;

/** Both sides, and that Azure has put them together. */
export function connectionSteps(context: SetupContext, to: ConnectedSubscription): readonly Step[] {
  const { waiting } = context;
  const tenant = managementTenantOf(context);
  const state = async () =>
    (await findSide(context, managementSide(context, to)))?.properties.connectionState;
  const isConnected = async () => {
    const now = await state();
    if (now !== undefined && unhappy[now]) throw notConnected(to, now);
    return now === 'Connected';
  };
  const bothSides = [connectionSideId('management', to), connectionSideId('managed', to)];
  const connected: Step = {
    id: connectedId(to),
    tenant,
    needs: bothSides,
    async look() {
      const now = await state();
      if (now === 'Connected') return { status: 'present', detail: now };
      const managed = await findSide(context, managedSide(context, to));
      // As long as one side is missing, what the other says is about the past.
      if (now !== undefined && managed && unhappy[now]) throw notConnected(to, now);
      return { status: 'missing', detail: `${now ?? 'none'} becomes Connected` };
    },
    make: () =>
      waitUntil(waiting, waiting.connectionSeconds, isConnected, () => notConnected(to, 'Pending')),
  };
  return [sideStep(context, to, 'management'), sideStep(context, to, 'managed'), connected];
}

/** What states mean (azure-ipam 12), and what to do. */
const unhappy: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  Conflict: [
    'Another network manager manages the subscription already (its own tenant, or another connection).',
    'Take the subscription out of the scope of the other network manager, or leave it out of the landscape; then run the set-up again.',
  ],
  Rejected: [
    'The other side does not want the connection. Azure does not document who can say so, nor how.',
    'Ask the owner of the subscription; delete both sides of the connection, then run the set-up again.',
  ],
  Revoked: [
    'One side was taken away and is there again, and Azure has not joined them.',
    'Delete both sides of the connection, then run the set-up again.',
  ],
};

const pending: readonly [string, string] = [
  'Azure shows Pending as long as only one side exists, or their scopes are not exactly the same.',
  'Compare both sides: the same network manager, and the same subscription; then run the set-up again.',
];

function notConnected({ alias, subscriptionId }: ConnectedSubscription, state: string): SetupError {
  const [why, remedy] = unhappy[state] ?? pending;
  return new SetupError(
    'NotConnected',
    `The connection with the subscription ${subscriptionId} of ${alias} is ${state}.`,
    { why, remedy },
  );
}
