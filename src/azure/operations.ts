import { failure, type Outcome, success } from '../model/outcome.ts';
import type { VirtualNetworkTarget } from '../model/plan.ts';
import type { OperationView } from './azure.ts';
import { type AzureAnswer, isRecord, retryAfterSeconds } from './azure-answer.ts';
import type { CrossTenantClient } from './cross-tenant-client.ts';
import { invalidAnswer, translateOperation } from './error-translation.ts';

/**
 * See `Azure.pollOperation`. By hand, because the SDK's pollers lose code and details of a failed
 * operation and take any 200 of a `Location` for success (azure-ipam 2.5, traps 1 and 2).
 */
export async function pollOperation(
  arm: CrossTenantClient,
  target: VirtualNetworkTarget,
  operationUrl: string,
): Promise<Outcome<OperationView>> {
  const call = {
    doing: `Following the operation on VNet '${target.virtualNetwork}' in tenant '${target.tenantAlias}'`,
    tenantId: target.tenantId,
    subscriptionId: target.subscriptionId,
    auxiliary: true,
  };
  const polled = await arm.call(call, async ({ raw }, onResponse) => {
    await raw.pathUnchecked(operationUrl).get({ onResponse });
  });
  if (!polled.ok) return polled;
  const { answer } = polled.value;
  const status = statusOf(answer);
  const context = arm.contextOf(call);
  if (status === undefined) {
    return failure(
      invalidAnswer(context, 'The status document of the operation has no status.', answer),
    );
  }
  if (/^(failed|canceled|cancelled)$/i.test(status)) {
    return failure(translateOperation(answer, status, context));
  }
  return success({
    status: /^succeeded$/i.test(status) ? 'succeeded' : 'running',
    retryAfterSeconds: retryAfterSeconds(answer.headers, Date.now()),
  });
}

/**
 * Reads both kinds of operation URL: a status document says it itself; of a `Location`, 202 means
 * running, and 204, an empty 200 or the resource itself mean done (azure-ipam 7).
 */
function statusOf({ status, body }: AzureAnswer): string | undefined {
  if (isRecord(body) && typeof body['status'] === 'string') return body['status'];
  if (status === 202) return 'InProgress';
  if (body === undefined) return 'Succeeded';
  if (!isRecord(body) || !isRecord(body['properties'])) return undefined;
  const state = body['properties']['provisioningState'];
  return typeof state === 'string' ? state : undefined;
}
