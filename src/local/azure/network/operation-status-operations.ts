import { type ArmAnswer, type ArmContext, ArmError, type ArmOperation } from '../contracts.ts';
import { sameId, subscriptionOf } from './arm-ids.ts';
import { ipamRefused } from './errors.ts';
import { deleteHeaders, type OperationRecord, operationOf } from './long-running-operations.ts';
import { retryAfter } from './operation-timing.ts';
import { requireSignature } from './operation-urls.ts';
import { parameter } from './request-values.ts';
import { answerOf, virtualNetworkOf } from './virtual-networks.ts';

const locationPath =
  '/subscriptions/{subscriptionId}/providers/Microsoft.Network/locations/{location}';

function operationIn(context: ArmContext): OperationRecord | undefined {
  requireSignature(context);
  const operation = operationOf(context.azure, parameter(context, 'operationId'));
  const subscription = parameter(context, 'subscriptionId');
  return operation && sameId(subscriptionOf(operation.resourceId), subscription)
    ? operation
    : undefined;
}

function requireOperation(context: ArmContext): OperationRecord {
  const operation = operationIn(context);
  if (operation !== undefined) return operation;
  throw new ArmError(
    404,
    'OperationNotFound',
    `Operation ${parameter(context, 'operationId')} was not found.`,
    'nrp',
  );
}

/** `Azure-AsyncOperation` of the network resource provider (azure-ipam 6.8). */
function status(context: ArmContext): ArmAnswer {
  const { status: state, error } = requireOperation(context);
  if (state === 'InProgress') {
    return { status: 200, body: { status: state }, headers: retryAfter(context.azure, 10) };
  }
  return { status: 200, body: { status: state, ...(state !== 'Succeeded' && { error }) } };
}

/** `Location`: 202 while it runs; at the end 204 for a DELETE, 200 with the resource for a PUT. */
function result(context: ArmContext): ArmAnswer {
  const operation = requireOperation(context);
  const headers = deleteHeaders(context, operation);
  if (operation.status === 'InProgress') return { status: 202, headers };
  if (operation.status !== 'Succeeded') {
    const { code, message, details } = operation.error ?? {
      code: operation.status,
      message: 'The operation did not succeed.',
      details: [],
    };
    throw new ArmError(409, code, message, 'nrp', { details });
  }
  const network = virtualNetworkOf(context.azure, operation.resourceId);
  if (operation.effect.kind === 'virtualNetworkWritten' && network !== undefined) {
    return { status: 200, body: answerOf(context.azure, network) };
  }
  return {
    status: 204,
    headers: { ...headers, 'Content-Type': 'application/json; charset=utf-8' },
  };
}

/** Operations of IPAM answer a wrapped document; the in-progress form is not on record. */
function ipamResult(context: ArmContext): ArmAnswer {
  const operation = operationIn(context);
  if (operation === undefined) {
    const id = parameter(context, 'operationId');
    throw ipamRefused(`Operation '${id}' not found.`, 404, 'NotFound');
  }
  const { status: state, error } = operation;
  return {
    status: 200,
    body: {
      id: context.path,
      name: operation.id,
      status: state,
      startTime: null,
      endTime: null,
      percentComplete: null,
      error: state === 'InProgress' ? null : (error ?? null),
      properties: null,
      operations: null,
    },
  };
}

/** The signature of the URL is the permission: polling needs no role. */
export const operationStatusOperations: readonly ArmOperation[] = [
  {
    name: 'Operations_Get',
    method: 'GET',
    path: `${locationPath}/operations/{operationId}`,
    action: undefined,
    service: 'nrp',
    handle: status,
  },
  {
    name: 'OperationResults_Get',
    method: 'GET',
    path: `${locationPath}/operationResults/{operationId}`,
    action: undefined,
    service: 'nrp',
    handle: result,
  },
  {
    name: 'IpamPoolOperationResults_Get',
    method: 'GET',
    path: `${locationPath}/ipamPoolOperationResults/{operationId}`,
    action: undefined,
    service: 'ipam',
    handle: ipamResult,
  },
];
