import type { VirtualNetworkView } from '../azure/azure.ts';

type State = Pick<VirtualNetworkView, 'provisioningState'>;

/** Whether no operation runs on the VNet. How the last one ended does not matter. */
export const isSettled = (view: State): boolean =>
  hasFailed(view) || /^succeeded$/i.test(view.provisioningState);

/** Whether the last operation on the VNet ended otherwise than well. */
export const hasFailed = ({ provisioningState }: State): boolean =>
  /^(failed|cancell?ed)$/i.test(provisioningState);
