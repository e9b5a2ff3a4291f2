import { success } from '../../model/outcome.ts';
import type { CallbackActivity } from './callback-contracts.ts';

/** Puts an event that could not be delivered where an operator finds it. */
export const keepFailedCallback: CallbackActivity<'keepFailedCallback'> = async (
  input,
  { failedCallbacks },
) => {
  await failedCallbacks.keep(input);
  return success(null);
};
