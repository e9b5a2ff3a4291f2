import { ArmError } from '../contracts.ts';
import { nameOf, resourceGroupOf } from './arm-ids.ts';

/** Type and name interleaved, as the gateway writes a resource: `Microsoft.Network/networkManagers/nm/ipamPools/p`. */
const gatewayNameOf = (id: string): string => id.split('/').slice(6).join('/');

/** 404 of the gateway: the resource has never existed (azure-ipam 13, shape 1). */
export const resourceNotFound = (id: string): ArmError =>
  new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${gatewayNameOf(id)}' under resource group '${resourceGroupOf(id)}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    'gateway',
  );

export const parentResourceNotFound = (type: string, parentId: string): ArmError =>
  new ArmError(
    404,
    'ParentResourceNotFound',
    `Failed to perform 'write' on resource(s) of type '${type}', because the parent resource '${parentId}' could not be found.`,
    'gateway',
  );

/** 404 of the network resource provider (shape 2). */
export const networkResourceNotFound = (id: string): ArmError =>
  new ArmError(404, 'NotFound', `Resource ${id} not found.`, 'nrp');

/** 400 and others of the network resource provider. */
export const refused = (code: string, message: string, status = 400): ArmError =>
  new ArmError(status, code, message, 'nrp');

/**
 * The IPAM service refused what the network resource provider asked of it (azure-ipam 13). Only the
 * text is on record; status and code are switches.
 */
export const ipamCallFailed = (
  answer: { readonly status: number; readonly code: string },
  ipamStatus: 'NotFound' | 'BadRequest' | 'Forbidden',
  message: string,
): ArmError =>
  new ArmError(
    answer.status,
    answer.code,
    `Ipam API call failed with status ${ipamStatus} with error message ${message}, please check the parameters and retry.`,
    'nrp',
  );

/** A refusal of the IPAM service itself, flat on the wire (shape 4). */
export const ipamRefused = (message: string, status = 400, code = 'BadRequest'): ArmError =>
  new ArmError(status, code, message, 'ipam');

export const ipamPoolNotFound = (id: string): ArmError =>
  ipamRefused(`Ipam pool '${id}' not found.`, 404, 'NotFound');

/** 400 of a body that does not fit the type: `Cannot parse the request.` with the reason in details. */
export const invalidRequestFormat = (code: string, message: string): ArmError =>
  new ArmError(400, 'InvalidRequestFormat', 'Cannot parse the request.', 'nrp', {
    details: [{ code, message }],
  });

export const locationRequired = (): ArmError =>
  new ArmError(
    400,
    'LocationRequired',
    'The location property is required for this definition.',
    'gateway',
  );

export const locationChanged = (id: string, existing: string, wanted: string): ArmError =>
  new ArmError(
    409,
    'InvalidResourceLocation',
    `The resource '${nameOf(id)}' already exists in location '${existing}' in resource group '${resourceGroupOf(id)}'. A resource with the same name cannot be created in location '${wanted}'. Please select a new resource name.`,
    'gateway',
  );

export const preconditionFailed = (id: string, header: string): ArmError =>
  refused('PreconditionFailed', `Precondition ${header} of resource ${id} is not met.`, 412);
