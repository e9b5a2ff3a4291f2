import connections from '../../infra/roles/vnet-vending-connection-reader.json' with {
  type: 'json',
};
import managed from '../../infra/roles/vnet-vending-managed-tenant.json' with { type: 'json' };
import management from '../../infra/roles/vnet-vending-management-tenant.json' with {
  type: 'json',
};

/** A role of our own: exactly the actions that the product calls (test/setup/custom-roles.test.ts). */
export interface CustomRole {
  readonly roleName: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

export const customRoles: Readonly<Record<'connections' | 'managed' | 'management', CustomRole>> = {
  connections,
  managed,
  management,
};
