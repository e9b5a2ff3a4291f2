import { vendingError } from '../model/errors.ts';
import { failure, type Outcome } from '../model/outcome.ts';
import type { AssociateRequest } from '../model/requests.ts';
import type { Dependencies } from './dependencies.ts';
import type { PlannedWork } from './plan-request.ts';

export async function planAssociation(
  _dependencies: Dependencies,
  request: AssociateRequest,
): Promise<Outcome<PlannedWork>> {
  return failure(vendingError('Unexpected', `${request.id} cannot be planned yet.`));
}
