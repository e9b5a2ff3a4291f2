import type { VendingRequest } from './requests.ts';

/**
 * A request as a message says it: without what the API alone can prove of its requester. Two requests are
 * the same when their messages are: what is proven of somebody changes with time.
 */
export function requestAsMessage(request: VendingRequest): VendingRequest {
  const { memberOf: _, ...requester } = request.requester;
  return { ...request, requester };
}
