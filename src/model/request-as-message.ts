import type { VendingRequest } from './requests.ts';

/** A request as a message says it: without what the API alone can prove of its requester. */
export function requestAsMessage(request: VendingRequest): VendingRequest {
  const { memberOf: _, ...requester } = request.requester;
  return { ...request, requester };
}

/**
 * What two requests must have in common to be the same one. Who asks is told by ids where they are given: name,
 * mail address and what is proven of somebody change with time, and so between two deliveries.
 */
export function contentOfRequest(request: VendingRequest): unknown {
  const message = requestAsMessage(request);
  const { objectId, tenantId } = message.requester;
  return objectId === undefined || tenantId === undefined
    ? message
    : { ...message, requester: { objectId, tenantId } };
}
