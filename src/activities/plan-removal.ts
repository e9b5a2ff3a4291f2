import { vendingError } from '../model/errors.ts';
import { failure, type Outcome } from '../model/outcome.ts';
import type { RemoveRequest } from '../model/requests.ts';
import type { Dependencies } from './dependencies.ts';
import type { PlannedWork } from './plan-request.ts';

export async function planRemoval(
  _dependencies: Dependencies,
  request: RemoveRequest,
): Promise<Outcome<PlannedWork>> {
  return failure(vendingError('Unexpected', `${request.id} cannot be planned yet.`));
}
