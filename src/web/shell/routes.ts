import { AllRequestsPage } from '../pages/all-requests-page.tsx';
import { ApprovalsPage } from '../pages/approvals-page.tsx';
import { AssociatePage } from '../pages/associate-page.tsx';
import { AuditPage } from '../pages/audit-page.tsx';
import { HomePage } from '../pages/home-page.tsx';
import { MyRequestsPage } from '../pages/my-requests-page.tsx';
import { NewRequestPage } from '../pages/new-request-page.tsx';
import { PoolPage } from '../pages/pool-page.tsx';
import { PoolsPage } from '../pages/pools-page.tsx';
import { RemovePage } from '../pages/remove-page.tsx';
import { RequestPage } from '../pages/request-page.tsx';
import { TenantPage } from '../pages/tenant-page.tsx';
import { TenantsPage } from '../pages/tenants-page.tsx';
import type { Route } from './router.ts';

/** Every page and its address. `/api`, `/.auth` and `/assets` belong to the server. */
export const routes: readonly Route[] = [
  { path: '/', page: HomePage },
  { path: '/new', page: NewRequestPage, roles: ['Vnet.Request', 'Vnet.Operate'] },
  { path: '/new/associate', page: AssociatePage, roles: ['Vnet.Request', 'Vnet.Operate'] },
  { path: '/new/remove', page: RemovePage, roles: ['Vnet.Request', 'Vnet.Operate'] },
  { path: '/my-requests', page: MyRequestsPage },
  { path: '/approvals', page: ApprovalsPage, roles: ['Vnet.Approve', 'Vnet.Operate'] },
  { path: '/requests', page: AllRequestsPage },
  { path: '/requests/:id', page: RequestPage },
  { path: '/pools', page: PoolsPage },
  { path: '/pools/:alias', page: PoolPage },
  { path: '/tenants', page: TenantsPage },
  { path: '/tenants/:alias', page: TenantPage },
  { path: '/audit', page: AuditPage, roles: ['Vnet.Operate', 'Vnet.Read'] },
];
