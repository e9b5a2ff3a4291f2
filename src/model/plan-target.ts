import type { ErrorCode } from './error-catalogue.ts';
import { vendingError } from './errors.ts';
import type { Landscape, ManagedTenant } from './landscape.ts';
import { findManagedTenant } from './managed-tenant.ts';
import { failure, type Outcome, success } from './outcome.ts';
import type { VirtualNetworkTarget } from './plan.ts';
import type { AllocateRequest, RemoveRequest } from './requests.ts';

/** One thing that is wrong with a request; the code of the first one becomes the code of the error. */
export interface Fault {
  readonly code: ErrorCode;
  readonly text: string;
}

type RequestedTarget = AllocateRequest['target'];

/** The target of a VNet that is to be removed; its region is empty unless the request says it. */
export function planExistingTarget(
  { id, target: asked }: RemoveRequest,
  landscape: Landscape,
): Outcome<VirtualNetworkTarget> {
  const faults: Fault[] = [];
  const target = planTarget({ ...asked, location: asked.location ?? '' }, landscape, faults);
  const [first] = faults;
  return target === undefined || first !== undefined
    ? failure(requestError(id, first?.code ?? 'UnknownTenant', faults))
    : success(target);
}

/** One error that names every fault. */
export function requestError(id: string, code: ErrorCode, faults: readonly Fault[]) {
  const list = faults.map((fault) => fault.text).join('; ');
  const codes = [...new Set(faults.map((fault) => fault.code))];
  return vendingError(code, `The request ${id} cannot be planned: ${list}.`, {
    ...(codes.length > 1
      ? { remedy: 'Correct everything that the message names, then send it under a new id.' }
      : {}),
    details: { codes: codes.join(', ') },
  });
}

/** Where the VNet of a request is, if the landscape offers it; what it does not is added to the faults. */
export function planTarget(
  { tenant: asked, subscriptionId, resourceGroup, virtualNetwork, location }: RequestedTarget,
  landscape: Landscape,
  faults: Fault[],
): VirtualNetworkTarget | undefined {
  const tenant = findManagedTenant(landscape, asked);
  if (tenant === undefined) {
    const offered = landscape.managedTenants.map((candidate) => candidate.alias);
    faults.push({
      code: 'UnknownTenant',
      text: `the tenant '${asked}' is not in the landscape, which has ${offered.join(', ')}`,
    });
    return undefined;
  }
  const refusal = targetRefusal(tenant, subscriptionId, resourceGroup);
  if (refusal !== undefined) {
    faults.push({ code: 'TargetNotAllowed', text: refusal });
  }
  return {
    tenantAlias: tenant.alias,
    tenantId: tenant.tenantId,
    subscriptionId,
    resourceGroup,
    virtualNetwork,
    virtualNetworkId: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/virtualNetworks/${virtualNetwork}`,
    location,
  };
}

function targetRefusal(
  tenant: ManagedTenant,
  subscriptionId: string,
  resourceGroup: string,
): string | undefined {
  const subscription = tenant.subscriptions.find(
    (candidate) => candidate.subscriptionId === subscriptionId,
  );
  if (subscription === undefined) {
    return `the landscape does not offer the subscription ${subscriptionId} in the tenant '${tenant.alias}'`;
  }
  const { resourceGroups } = subscription;
  return resourceGroups === undefined || resourceGroups.some((name) => isSame(name, resourceGroup))
    ? undefined
    : `the landscape does not offer the resource group '${resourceGroup}' in the subscription ${subscriptionId}, only ${resourceGroups.join(', ')}`;
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
