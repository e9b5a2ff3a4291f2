import type { RequestSummary } from '../../../model/api/request-views.ts';

/** Somebody without their mail address. */
export const personView = ({
  name,
  objectId,
  tenantId,
}: {
  readonly name: string;
  readonly objectId?: string | undefined;
  readonly tenantId?: string | undefined;
}): RequestSummary['requester'] => ({
  name,
  ...(objectId === undefined ? {} : { objectId }),
  ...(tenantId === undefined ? {} : { tenantId }),
});
