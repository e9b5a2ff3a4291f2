import { z } from 'zod';
import type { Landscape } from '../model/landscape.ts';
import { type Outcome, success } from '../model/outcome.ts';
import { sameId } from './arm-ids.ts';
import type { ConnectionState } from './azure.ts';
import { collect } from './collect.ts';
import type { CrossTenantClient } from './cross-tenant-client.ts';
import { parseAnswer } from './parse-answer.ts';

const connectionsSchema = z.array(
  z.object({
    name: z.string(),
    tenantId: z.string(),
    resourceId: z.string(),
    connectionState: z.enum(['Connected', 'Pending', 'Conflict', 'Revoked', 'Rejected']),
  }),
);

/**
 * See `Azure.listScopeConnections`. A connection to a management group above the subscription is not
 * seen as one to the subscription: its members cannot be told from here.
 */
export async function listScopeConnections(
  arm: CrossTenantClient,
  manager: Landscape['managementTenant'],
  tenantId: string,
  subscriptionId: string,
): Promise<Outcome<readonly { readonly name: string; readonly state: ConnectionState }[]>> {
  const call = {
    doing: `Listing the connections of network manager '${manager.networkManager}'`,
    tenantId: manager.tenantId,
    subscriptionId: manager.subscriptionId,
  };
  const listed = await arm.call(call, ({ network }, onResponse) =>
    collect(
      network.scopeConnections.list(manager.resourceGroup, manager.networkManager, { onResponse }),
    ),
  );
  if (!listed.ok) return listed;
  const { value, answer } = listed.value;
  const connections = parseAnswer(connectionsSchema, value, arm.contextOf(call), answer);
  if (!connections.ok) return connections;
  return success(
    connections.value
      .filter(
        (connection) =>
          sameId(connection.tenantId, tenantId) &&
          sameId(connection.resourceId, `/subscriptions/${subscriptionId}`),
      )
      .map(({ name, connectionState }) => ({ name, state: connectionState })),
  );
}
