import type {
  AzureReads,
  ListedVirtualNetwork,
  StaticCidr,
} from '../../../src/azure/azure-reads.ts';
import { success } from '../../../src/model/outcome.ts';
import { isSameId } from '../../../src/model/resource-ids.ts';
import { AzureInMemory } from '../../activities/azure-in-memory.ts';

/** Azure in memory, with what people are shown of it. */
export class AzureForApi extends AzureInMemory implements AzureReads {
  staticCidrs: readonly StaticCidr[] = [];
  /** By subscription. */
  readonly networks = new Map<string, readonly ListedVirtualNetwork[]>();

  listStaticCidrs: AzureReads['listStaticCidrs'] = async () => success(this.staticCidrs);
  listVirtualNetworks: AzureReads['listVirtualNetworks'] = async (_, subscriptionId, group) =>
    success(
      (this.networks.get(subscriptionId) ?? []).filter(
        ({ resourceGroup }) => group === undefined || isSameId(group, resourceGroup),
      ),
    );
}
