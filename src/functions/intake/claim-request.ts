import { contentHash } from '../../ledger/content-hash.ts';
import type { ClaimAnswer } from '../../ledger/ledger.ts';
import { findManagedTenant } from '../../model/managed-tenant.ts';
import { contentOfRequest } from '../../model/request-as-message.ts';
import type { VendingRequest } from '../../model/requests.ts';
import { instanceIdOf } from '../../orchestrations/names.ts';
import type { App } from '../app.ts';

/** Claims the id of a request in the ledger: nothing with an effect happens before. */
export function claimRequest(
  { ledger, landscape, now }: Pick<App, 'ledger' | 'landscape' | 'now'>,
  request: VendingRequest,
): Promise<ClaimAnswer> {
  const { tenant } = request.target;
  return ledger.claimRequest(
    {
      id: request.id,
      request,
      contentHash: contentHash(contentOfRequest(request)),
      instanceId: instanceIdOf(request.id),
      tenant: findManagedTenant(landscape, tenant)?.alias ?? tenant,
    },
    now().toISOString(),
  );
}
