import type { ArmOperation, AzureServices } from '../contracts.ts';
import type { AzureSeed } from '../seed.ts';

export const networkOperations: readonly ArmOperation[] = [];

export function seedNetwork(_services: AzureServices, _seed: AzureSeed): void {}

export function deleteNetworkResourcesOf(_services: AzureServices, _resourceGroupId: string): void {}

export function describeNetwork(_services: AzureServices): unknown {
  return {};
}

export function changeNetwork(_services: AzureServices, _change: unknown): void {}
