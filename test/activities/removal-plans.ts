import { computePlan } from '../../src/activities/planning/plan-request.ts';
import { recordOf } from '../../src/activities/step.ts';
import type { Finding, Plan, PrerequisiteCheck } from '../../src/model/plan.ts';
import { managedNetwork, type RemovalBench, startRemoval } from './removal-bench.ts';
import { requestId, sampleSubnet } from './workbench.ts';

export type Change = (bench: RemovalBench) => unknown;

/** What is planned for the sample removal in an Azure that was changed; fails as the step would. */
export async function planned(request: object = {}, change: Change = () => {}) {
  const bench = await startRemoval(request);
  await change(bench);
  const record = await recordOf(bench.dependencies, requestId);
  const plan = await computePlan(bench.dependencies, record.request);
  if (!plan.ok) throw new Error(plan.error.code, { cause: plan.error });
  const { change: removal } = plan.value;
  if (removal.operation !== 'remove') throw new Error('unreachable');
  return { plan: plan.value, removal, bench };
}

/** The findings that are not passed, as `check: status`. */
export const told = ({ findings }: Plan): readonly string[] =>
  findings.filter(({ status }) => status !== 'passed').map((one) => `${one.check}: ${one.status}`);

export const errorOf = ({ findings }: Plan, check: PrerequisiteCheck) =>
  findings.find((finding: Finding) => finding.check === check)?.error;

const nic =
  '/subscriptions/s/resourceGroups/rg-apps/providers/Microsoft.Network/networkInterfaces/nic-1/ipConfigurations/one';

/** The VNet with a network interface in its subnet. */
export const inUse = () =>
  managedNetwork({ subnets: [sampleSubnet({ users: [{ kind: 'ipConfiguration', id: nic }] })] });
export const lock = (scope: string, level: 'CanNotDelete' | 'ReadOnly' = 'CanNotDelete') => ({
  name: `keep-${level}`,
  id: `${scope}/providers/Microsoft.Authorization/locks/keep-${level}`,
  level,
});
