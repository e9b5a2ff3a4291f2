import { vendingError } from '../../model/errors.ts';
import { failure, success } from '../../model/outcome.ts';
import { quotaDemandOf, quotaLimitsFor } from '../../model/quota-demand.ts';
import { quotaExceeded } from '../planning/check-quotas.ts';
import { type Activity, changeOf, recordOf } from '../step.ts';

/** Counts what the request takes for the quotas, or says which one stands against it. */
export const reserveQuota: Activity<'reserveQuota'> = async ({ requestId }, dependencies) => {
  const { ledger, landscape } = dependencies;
  const { requester } = (await recordOf(dependencies, requestId)).request;
  const change = await changeOf(dependencies, requestId);
  const usage = quotaDemandOf(change, requester);
  if (!usage) return success(null);
  const limits = quotaLimitsFor(usage, change, requester, landscape.policy.quotas);
  const answer = await ledger.reserveQuota(usage, limits);
  switch (answer.status) {
    case 'reserved':
      return success(null);
    case 'exceeded':
      return failure(quotaExceeded(answer.standing));
    case 'over':
      return failure(
        vendingError(
          'QuotaExceeded',
          'The request was given up before, and has no quota any more.',
          {
            cause:
              'Its quota was given back, by an earlier run of it or with the VNet that it was for.',
            remedy: 'Send the request again under a new id.',
          },
        ),
      );
  }
};
