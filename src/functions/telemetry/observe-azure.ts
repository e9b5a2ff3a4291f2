import type { AzureRequest, ObserveAzure } from '../../azure/observe-calls.ts';
import type { Landscape } from '../../model/landscape.ts';
import { correlationIdOf } from './correlation-id.ts';
import { logEvent } from './log-event.ts';
import { currentScope } from './scope.ts';
import { attributeNames, failed, startClientSpan } from './spans.ts';

/**
 * Logs and traces every request to Resource Manager, and sends along what finds it again in Azure's
 * activity log.
 */
export function observeAzure(
  landscape: Pick<Landscape, 'managementTenant' | 'managedTenants'>,
): ObserveAzure {
  const aliases = new Map(landscape.managedTenants.map(({ tenantId, alias }) => [tenantId, alias]));
  const { tenantId: management } = landscape.managementTenant;
  if (!aliases.has(management)) aliases.set(management, 'management tenant');
  return ({ tenantId, host, ...request }) => {
    const { requestId, step } = currentScope()?.facts ?? {};
    const tenant = aliases.get(tenantId) ?? tenantId;
    const { method, path } = request;
    const span = startClientSpan(`${method} ${resourceTypeIn(path)}`, {
      'http.request.method': method,
      'url.full': `https://${host}${path}`,
      'server.address': host,
      [attributeNames.tenant]: tenant,
    });
    return {
      headers:
        requestId === undefined || step === undefined
          ? {}
          : { 'x-ms-correlation-request-id': correlationIdOf(requestId, step) },
      end: (end) => {
        const { status, errorCode, azureRequestId } = end;
        if (status !== undefined) span.setAttribute('http.response.status_code', status);
        if (azureRequestId) span.setAttribute('azure.service.request.id', azureRequestId);
        if (status === undefined || status >= 400) failed(span, errorCode || String(status));
        span.end();
        logEvent('azure.call', { ...request, ...end, tenant });
      },
    };
  };
}

/** `Microsoft.Network/virtualNetworks`; names of spans have no ids in them. */
function resourceTypeIn(path: AzureRequest['path']): string {
  const [, behind] = /.*\/providers\/(.+)$/i.exec(path) ?? [];
  if (behind === undefined)
    return /\/resourceGroups\/[^/]+$/i.test(path) ? 'resourceGroups' : 'other';
  const [provider = '', ...rest] = behind.split('/');
  return [provider, ...rest.filter((_, index) => index % 2 === 0)].join('/');
}
