import type { OpenRoute, Route } from '../route.ts';
import { exportAudit, listAudit, verifyAudit } from './audit.ts';
import { createRequest } from './create-request.ts';
import { cancel, decide, resume } from './decide.ts';
import { health } from './health.ts';
import { listRequests } from './list-requests.ts';
import { me } from './me.ts';
import { openApi } from './openapi.ts';
import { page } from './page.ts';
import { listPools, showPool } from './pools.ts';
import { previewPlan } from './preview-plan.ts';
import { showRequest } from './show-request.ts';
import { checkTenant, listTenants, listVirtualNetworks } from './tenants.ts';
import { unknownRoute } from './unknown-route.ts';

/** Every route of the API; the OpenAPI document is made of this list. */
export const routes: readonly Route[] = [
  me,
  createRequest,
  listRequests,
  showRequest,
  decide,
  cancel,
  resume,
  previewPlan,
  listPools,
  showPool,
  listTenants,
  checkTenant,
  listVirtualNetworks,
  listAudit,
  verifyAudit,
  exportAudit,
  openApi,
];

/** Addresses that need no caller. */
export const openRoutes: readonly OpenRoute[] = [health, unknownRoute(routes), page];
