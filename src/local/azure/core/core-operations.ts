import type { ArmOperation } from '../contracts.ts';
import { lockOperations } from './locks.ts';
import { permissionOperations } from './permissions.ts';
import { resourceGroupOperations } from './resource-groups.ts';
import { roleAssignmentOperations } from './role-assignments.ts';
import { roleDefinitionOperations } from './role-definitions.ts';
import { subscriptionOperations } from './subscriptions.ts';

/** What Azure Resource Manager itself and its authorization provider offer. */
export const coreOperations: readonly ArmOperation[] = [
  ...subscriptionOperations,
  ...resourceGroupOperations,
  ...roleDefinitionOperations,
  ...roleAssignmentOperations,
  ...permissionOperations,
  ...lockOperations,
];
