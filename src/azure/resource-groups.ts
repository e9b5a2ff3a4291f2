import { z } from 'zod';
import { type Outcome, success } from '../model/outcome.ts';
import type { CrossTenantClient } from './cross-tenant-client.ts';
import { locationSchema, parseAnswer } from './parse-answer.ts';

const apiVersion = '2021-04-01';
const resourceGroupSchema = z.object({ location: locationSchema });

/** See `Azure.getResourceGroup`. One GET does not need a client package of its own. */
export async function getResourceGroup(
  arm: CrossTenantClient,
  tenantId: string,
  subscriptionId: string,
  name: string,
): Promise<Outcome<{ readonly location: string } | null>> {
  const call = { doing: `Reading resource group '${name}'`, tenantId, subscriptionId };
  const got = await arm.call(call, async ({ raw }, onResponse) => {
    await raw
      .pathUnchecked('/subscriptions/{subscriptionId}/resourceGroups/{name}', subscriptionId, name)
      .get({ queryParameters: { 'api-version': apiVersion }, onResponse });
  });
  if (!got.ok) return got.error.code === 'ResourceGroupMissing' ? success(null) : got;
  const { answer } = got.value;
  return parseAnswer(resourceGroupSchema, answer.body, arm.contextOf(call), answer);
}
