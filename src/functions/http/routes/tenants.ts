import { z } from 'zod';
import { checkTenant as checkEverything } from '../../../activities/planning/check-tenant.ts';
import {
  tenantCheckSchema,
  tenantPageSchema,
  virtualNetworkPageSchema,
} from '../../../model/api/tenant-views.ts';
import { vendingError } from '../../../model/errors.ts';
import { findManagedTenant } from '../../../model/managed-tenant.ts';
import { ok } from '../answer.ts';
import { problemAnswer } from '../problems.ts';
import { defineRoute } from '../route.ts';
import { findingView } from '../views/finding-view.ts';
import { listedVirtualNetworks } from '../views/listed-virtual-networks.ts';

const unknownTenant = () =>
  problemAnswer(vendingError('UnknownTenant', 'The landscape lists no such tenant.'));

export const listTenants = defineRoute({
  name: 'listTenants',
  method: 'GET',
  path: 'api/tenants',
  summary: 'The managed tenants, and what a request for them needs',
  access: 'tenants.read',
  answers: {
    200: { description: 'The tenants in the order of the landscape.', schema: tenantPageSchema },
  },
  handle: async ({ app: { landscape } }) =>
    ok({
      tenants: landscape.managedTenants.map(({ alias, tenantId, subscriptions }) => ({
        alias,
        tenantId,
        subscriptions,
      })),
      requiredTags: landscape.policy.requiredTags,
    }),
});

export const checkTenant = defineRoute({
  name: 'checkTenant',
  method: 'GET',
  path: 'api/tenants/{alias}/check',
  summary: 'Every prerequisite of a tenant, met or with its remedy',
  access: 'tenants.check',
  cost: 10,
  answers: { 200: { description: 'What was found, just now.', schema: tenantCheckSchema } },
  problems: [404],
  handle: async ({ app, params }) => {
    const tenant = findManagedTenant(app.landscape, params['alias'] ?? '');
    if (tenant === undefined) return unknownTenant();
    const findings = await checkEverything(app, tenant);
    return ok({
      alias: tenant.alias,
      checkedAt: app.now().toISOString(),
      ready: findings.every(({ status }) => status !== 'failed'),
      findings: findings.map(findingView),
    });
  },
});

export const listVirtualNetworks = defineRoute({
  name: 'listVirtualNetworks',
  method: 'GET',
  path: 'api/tenants/{alias}/virtual-networks',
  summary: 'The VNets of a tenant, with the pools that they have prefixes of',
  access: 'tenants.read',
  cost: 3,
  query: z.strictObject({
    subscriptionId: z
      .guid()
      .transform((id) => id.toLowerCase())
      .optional()
      .meta({ description: 'Only those of this subscription.' }),
  }),
  answers: { 200: { description: 'The VNets.', schema: virtualNetworkPageSchema } },
  problems: [404, 502, 503],
  handle: async ({ app, params, query: { subscriptionId } }) => {
    const tenant = findManagedTenant(app.landscape, params['alias'] ?? '');
    if (tenant === undefined) return unknownTenant();
    const subscriptions = tenant.subscriptions.filter(
      (one) => subscriptionId === undefined || one.subscriptionId === subscriptionId,
    );
    if (subscriptions.length === 0) {
      return problemAnswer(
        vendingError('UnknownTenant', 'The landscape lists no such subscription of the tenant.'),
      );
    }
    const listed = await listedVirtualNetworks(app, tenant, subscriptions);
    return listed.ok ? ok({ virtualNetworks: listed.value }) : problemAnswer(listed.error);
  },
});
