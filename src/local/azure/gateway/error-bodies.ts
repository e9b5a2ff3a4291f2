import type { AnsweringService } from '../contracts.ts';

export interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly unknown[];
}

/** The four error bodies of the services; member order and wrapper as recorded (azure-ipam 13). */
export function errorBody(service: AnsweringService, error: ErrorFacts): unknown {
  const { code, message, details = [] } = error;
  switch (service) {
    case 'gateway':
      return { error: { code, message, ...(details.length > 0 ? { details } : {}) } };
    case 'nrp':
      return { error: { code, message, details } };
    case 'networkManager':
      return { error: { message, code } };
    case 'ipam':
      return { code, message, target: null, details: null, additionalInfo: null };
  }
}

/** The fifth: the status body of a long-running operation that did not succeed. */
export function failedOperationBody(
  error: ErrorFacts,
  status: 'Failed' | 'Canceled' = 'Failed',
): unknown {
  return { status, error: errorBodyOfOperation(error) };
}

function errorBodyOfOperation({ code, message, details = [] }: ErrorFacts): unknown {
  return { code, message, details };
}
