import type { ErrorView } from '../../../model/api/request-views.ts';
import type { VendingError } from '../../../model/errors.ts';

/** An error as the API shows it. */
export const errorView = ({ details, ...error }: VendingError): ErrorView => ({
  ...error,
  ...(details === undefined ? {} : { details: { ...details } }),
});
