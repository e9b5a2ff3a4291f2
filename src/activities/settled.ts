import type { VirtualNetworkView } from '../azure/azure.ts';

/** Whether no operation runs on the VNet. How the last one ended does not matter. */
export const isSettled = ({
  provisioningState,
}: Pick<VirtualNetworkView, 'provisioningState'>): boolean =>
  /^(succeeded|failed|canceled|cancelled)$/i.test(provisioningState);
