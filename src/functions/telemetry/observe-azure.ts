import type { ObserveAzure } from '../../azure/observe-calls.ts';
import type { Landscape } from '../../model/landscape.ts';
import { correlationIdOf } from './correlation-id.ts';
import { logEvent } from './log-event.ts';
import { currentScope } from './scope.ts';

/** Logs every request to Resource Manager, and sends along what finds it again in Azure's activity log. */
export function observeAzure(
  landscape: Pick<Landscape, 'managementTenant' | 'managedTenants'>,
): ObserveAzure {
  const aliases = new Map(landscape.managedTenants.map(({ tenantId, alias }) => [tenantId, alias]));
  const { tenantId: management } = landscape.managementTenant;
  if (!aliases.has(management)) aliases.set(management, 'management tenant');
  return ({ tenantId, ...request }) => {
    const { requestId, step } = currentScope()?.facts ?? {};
    const tenant = aliases.get(tenantId) ?? tenantId;
    return {
      headers:
        requestId === undefined || step === undefined
          ? {}
          : { 'x-ms-correlation-request-id': correlationIdOf(requestId, step) },
      end: (end) => logEvent('azure.call', { ...request, ...end, tenant }),
    };
  };
}
