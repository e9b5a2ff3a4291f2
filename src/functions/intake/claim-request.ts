import type { SpanContext } from '@opentelemetry/api';
import { contentHash } from '../../ledger/content-hash.ts';
import type { ClaimAnswer } from '../../ledger/ledger.ts';
import { findManagedTenant } from '../../model/managed-tenant.ts';
import { contentOfRequest } from '../../model/request-as-message.ts';
import type { VendingRequest } from '../../model/requests.ts';
import { instanceIdOf } from '../../orchestrations/names.ts';
import type { App } from '../app.ts';
import { keepSender } from '../telemetry/request-trace.ts';

/**
 * Claims the id of a request in the ledger: nothing with an effect happens before.
 *
 * @param sender The span in which the request was sent: its trace goes on with the work on the request
 */
export async function claimRequest(
  { ledger, landscape, now }: Pick<App, 'ledger' | 'landscape' | 'now'>,
  request: VendingRequest,
  sender?: SpanContext,
): Promise<ClaimAnswer> {
  const { tenant } = request.target;
  const claim = await ledger.claimRequest(
    {
      id: request.id,
      request,
      contentHash: contentHash(contentOfRequest(request)),
      instanceId: instanceIdOf(request.id),
      tenant: findManagedTenant(landscape, tenant)?.alias ?? tenant,
    },
    now().toISOString(),
  );
  if (claim.status === 'claimed') await keepSender(ledger, request.id, sender);
  return claim;
}
