import type { AnsweringService } from '../contracts.ts';

export interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly unknown[];
}

/**
 * The error bodies of the services; member order and wrapper as recorded (azure-ipam 13). The fifth one,
 * of a failed operation, is no refusal: the operation's status answers it.
 */
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
