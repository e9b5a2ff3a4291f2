import type { Finding } from '../../../model/plan.ts';
import { errorView } from './error-view.ts';

export const findingView = ({ check, status, subject, error, facts }: Finding) => ({
  check,
  status,
  subject,
  ...(facts === undefined ? {} : { facts: { ...facts } }),
  ...(error === undefined ? {} : { error: errorView(error) }),
});
