import type { Me } from '../../src/model/api/callers.ts';
import type { PoolDetail } from '../../src/model/api/pool-views.ts';
import type { Problem } from '../../src/model/api/problems.ts';
import type { PlanPreview, RequestDetail } from '../../src/model/api/request-views.ts';
import type { Tenant, TenantCheck, VirtualNetworkPage } from '../../src/model/api/tenant-views.ts';
import type { AuditEntry, AuditVerification } from '../../src/model/audit.ts';
import { people } from './samples/people.ts';
import { samplePools } from './samples/pools.ts';
import { previewOf } from './samples/preview.ts';
import { sampleRequests } from './samples/requests.ts';
import { sampleChecks, sampleTenants, sampleVirtualNetworks } from './samples/tenants.ts';

/** A POST that the page sent. */
export interface SentByPage {
  readonly path: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly by: Me;
}

/** What the fake API answers from; tests change it as they like. */
export interface FakeWorld {
  readonly people: Record<string, Me>;
  requests: RequestDetail[];
  pools: PoolDetail[];
  tenants: Tenant[];
  requiredTags: string[];
  checks: Record<string, TenantCheck>;
  virtualNetworks: Record<string, VirtualNetworkPage['virtualNetworks']>;
  audit: AuditEntry[];
  verification: AuditVerification;
  /** Answers `POST /api/plans`. */
  preview: (body: Record<string, unknown>) => PlanPreview;
  /** A problem instead of the answer, for `METHOD /path` as given; or `hang`, which never answers. */
  faults: Record<string, Problem | 'hang'>;
  readonly sent: SentByPage[];
  pageSize: number;
}

/** A world with a request in every state, seen from `now`. */
export const fakeWorld = (now = Date.now()): FakeWorld => ({
  people: structuredClone(people),
  requests: sampleRequests(now),
  pools: samplePools(now),
  tenants: sampleTenants(),
  requiredTags: [],
  checks: sampleChecks(now),
  virtualNetworks: sampleVirtualNetworks(),
  audit: [],
  verification: {
    intact: true,
    entries: 0,
    head: { sequence: 0, hash: '0'.repeat(64) },
    problems: [],
  },
  preview: previewOf,
  faults: {},
  sent: [],
  pageSize: 20,
});
