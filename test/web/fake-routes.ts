import type { IncomingHttpHeaders } from 'node:http';
import { type Me, meSchema } from '../../src/model/api/callers.ts';
import { poolDetailSchema, poolPageSchema } from '../../src/model/api/pool-views.ts';
import type { Problem } from '../../src/model/api/problems.ts';
import {
  acceptedSchema,
  decisionBodySchema,
  planPreviewSchema,
  reasonBodySchema,
  requestDetailSchema,
  requestPageSchema,
  requestSummarySchema,
} from '../../src/model/api/request-views.ts';
import {
  tenantCheckSchema,
  tenantPageSchema,
  virtualNetworkPageSchema,
} from '../../src/model/api/tenant-views.ts';
import { auditPageSchema, auditVerificationSchema } from '../../src/model/audit.ts';
import type { FakeWorld } from './fake-world.ts';
import { sampleRequest } from './samples/requests.ts';

export interface FakeCall {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  readonly me: Me | undefined;
}

export interface FakeAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const problem = (status: number, code: string, detail: string, remedy: string): Problem => ({
  type: `docs/errors.md#${code.toLowerCase()}`,
  title: code,
  status,
  detail,
  code,
  remedy,
});

const refuse = (
  status: number,
  code: string,
  detail: string,
  remedy = 'Look again.',
): FakeAnswer => ({
  status,
  body: problem(status, code, detail, remedy),
});

const ok = (body: unknown, status = 200): FakeAnswer => ({ status, body });

/** Answers a call as the API would; every answer is checked by the schema that the API promises. */
export function answerApi(world: FakeWorld, call: FakeCall): FakeAnswer | 'hang' {
  const { method, url, me } = call;
  const fault = world.faults[`${method} ${url.pathname}`];
  if (fault === 'hang') return 'hang';
  if (fault !== undefined) return { status: fault.status, body: fault };
  if (me === undefined) {
    const refusal = problem(401, 'NotSignedIn', 'Nobody is signed in.', 'Sign in.');
    return { status: 401, body: { ...refusal, signInUrl: '/.auth/login/local' } };
  }
  if (method === 'POST') return post(world, call, me);
  return get(world, url, me);
}

function get(world: FakeWorld, url: URL, me: Me): FakeAnswer {
  const [, resource = '', name = '', member = ''] = url.pathname
    .slice(1)
    .split('/')
    .map(decodeURIComponent);
  switch (resource) {
    case 'me':
      return ok(meSchema.parse(me));
    case 'requests':
      return name === '' ? listRequests(world, url, me) : showRequest(world, name, me);
    case 'pools': {
      const pools = world.pools.map(({ blocks: _, usage: __, ...summary }) => summary);
      if (name === '') return ok(poolPageSchema.parse({ pools }));
      const pool = world.pools.find(({ alias }) => alias === name);
      return pool === undefined ? unknown(`pool ${name}`) : ok(poolDetailSchema.parse(pool));
    }
    case 'tenants':
      if (name === '') {
        const { tenants, requiredTags } = world;
        return ok(tenantPageSchema.parse({ tenants, requiredTags }));
      }
      return showTenant(world, name, member, url);
    case 'audit':
      if (name === 'verification') return ok(auditVerificationSchema.parse(world.verification));
      return listAudit(world, url);
    default:
      return unknown(url.pathname);
  }
}

const unknown = (what: string): FakeAnswer =>
  refuse(404, 'UnknownRequest', `There is no ${what}, or you may not see it.`);

function mayTakeActions(me: Me, action: string): boolean {
  const needed: Readonly<Record<string, Me['roles']>> = {
    approve: ['Vnet.Approve'],
    reject: ['Vnet.Approve'],
    'break-glass': ['Vnet.Operate'],
    cancel: ['Vnet.Request', 'Vnet.Operate'],
    resume: ['Vnet.Operate'],
    remove: ['Vnet.Request', 'Vnet.Operate'],
  };
  return (needed[action] ?? []).some((role) => me.roles.includes(role));
}

function showRequest(world: FakeWorld, id: string, me: Me): FakeAnswer {
  const found = world.requests.find((request) => request.id === id);
  if (found === undefined) return unknown(`request ${id}`);
  const actions = found.actions.filter((action) => mayTakeActions(me, action));
  return {
    ...ok(requestDetailSchema.parse({ ...found, actions })),
    headers: { etag: `"${found.revision}"` },
  };
}

function listRequests(world: FakeWorld, url: URL, me: Me): FakeAnswer {
  const query = url.searchParams;
  const isRequesterOnly = me.roles.every((role) => role === 'Vnet.Request');
  const states = query.getAll('state').flatMap((states) => states.split(','));
  const isMine = query.get('requester') === 'me' || isRequesterOnly;
  const isAwaiting = query.get('awaiting') === 'me';
  const matching = world.requests.filter(
    ({ state, tenant, requester }) =>
      (!isAwaiting || (state === 'awaiting-approval' && requester.objectId !== me.objectId)) &&
      (states.length === 0 || states.includes(state)) &&
      (query.get('tenant') ?? tenant) === tenant &&
      (!isMine || requester.objectId === me.objectId),
  );
  const from = Number(query.get('continuation') ?? 0);
  const size = Number(query.get('pageSize') ?? world.pageSize);
  const more = new URLSearchParams(query);
  more.set('continuation', String(from + size));
  return ok(
    requestPageSchema.parse({
      requests: matching.slice(from, from + size).map((request) => summaryOf(request)),
      ...(matching.length > from + size ? { next: `/api/requests?${more}` } : {}),
    }),
  );
}

const summaryOf = (detail: object): unknown => {
  const known = Object.keys(requestSummarySchema.shape);
  return Object.fromEntries(Object.entries(detail).filter(([name]) => known.includes(name)));
};

function showTenant(world: FakeWorld, alias: string, member: string, url: URL): FakeAnswer {
  if (member === 'check') {
    const check = world.checks[alias];
    return check === undefined ? unknown(`tenant ${alias}`) : ok(tenantCheckSchema.parse(check));
  }
  const all = world.virtualNetworks[alias];
  if (member !== 'virtual-networks' || all === undefined) return unknown(`tenant ${alias}`);
  const subscription = url.searchParams.get('subscriptionId');
  const virtualNetworks = all.filter(
    ({ subscriptionId }) => subscription === null || subscriptionId === subscription,
  );
  return ok(virtualNetworkPageSchema.parse({ virtualNetworks }));
}

function listAudit(world: FakeWorld, url: URL): FakeAnswer {
  const after = Number(url.searchParams.get('after') ?? 0);
  const request = url.searchParams.get('request');
  const matching = world.audit.filter(
    ({ sequence, requestId }) => sequence > after && (request === null || requestId === request),
  );
  const size = Number(url.searchParams.get('pageSize') ?? world.pageSize);
  const entries = matching.slice(0, size);
  const more = new URLSearchParams(url.searchParams);
  more.set('after', String(entries.at(-1)?.sequence));
  return ok(
    auditPageSchema.parse({
      entries,
      ...(matching.length > entries.length ? { next: `/api/audit?${more}` } : {}),
    }),
  );
}

function post(world: FakeWorld, call: FakeCall, me: Me): FakeAnswer {
  const { url, body, headers } = call;
  if (headers['x-vnetv-csrf'] !== '1' || headers['content-type'] !== 'application/json') {
    return refuse(403, 'Forbidden', 'The page did not send this.');
  }
  const flat = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value === undefined ? value : String(value),
    ]),
  );
  world.sent.push({ path: url.pathname, body, headers: flat, by: me });
  const [, resource = '', id = '', verb = ''] = url.pathname
    .slice(1)
    .split('/')
    .map(decodeURIComponent);
  if (resource === 'plans') {
    return ok(planPreviewSchema.parse(world.preview(body as Record<string, unknown>)));
  }
  if (resource === 'requests' && id === '')
    return accept(world, body as Record<string, unknown>, me);
  const found = world.requests.find((request) => request.id === id);
  if (resource !== 'requests' || found === undefined) return unknown(`request ${id}`);
  const match = headers['if-match'];
  if (match !== undefined && match !== `"${found.revision}"`) {
    return refuse(412, 'PreconditionFailed', 'The request has changed since you read it.');
  }
  return act(found, verb, body, me);
}

function accept(world: FakeWorld, body: Record<string, unknown>, me: Me): FakeAnswer {
  const id = String(body['id']);
  const preview = world.preview(body);
  const target = body['target'] as {
    tenant: string;
    resourceGroup: string;
    virtualNetwork: string;
  };
  const { name, objectId, tenantId } = me;
  const created = sampleRequest(Date.now(), 1_000, {
    id,
    state: preview.plan?.policy.effect === 'auto-approve' ? 'deploying' : 'planning',
    reason: String(body['reason']),
    requester: { name, objectId, tenantId },
    target: {
      subscriptionId: String((target as { subscriptionId?: string }).subscriptionId),
      ...target,
    },
    tenant: target.tenant,
    request: body,
    ...(preview.plan === undefined ? {} : { plan: preview.plan }),
    actions: ['cancel'],
    next: 'The plan is made.',
    ...(body['operation'] === 'remove' ? { operation: 'remove', mode: 'delete' } : {}),
  });
  world.requests.unshift(created);
  return ok(
    acceptedSchema.parse({ id, state: created.state, location: `/api/requests/${id}` }),
    202,
  );
}

function act(
  found: FakeWorld['requests'][number],
  verb: string,
  body: unknown,
  { name, objectId, tenantId }: Me,
): FakeAnswer {
  const parsed = (verb === 'decisions' ? decisionBodySchema : reasonBodySchema).safeParse(body);
  if (!parsed.success) return refuse(400, 'SchemaInvalid', parsed.error.message);
  const decision = 'decision' in parsed.data ? parsed.data.decision : verb;
  if ('planHash' in parsed.data && parsed.data.planHash !== found.plan?.planHash) {
    return refuse(409, 'PlanChanged', 'The plan changed meanwhile.', 'Look at the new plan.');
  }
  found.decisions.push({
    id: `decision-${found.decisions.length}`,
    decision: decision as 'approve',
    by: { name, objectId, tenantId },
    at: new Date().toISOString(),
    channel: 'api',
    ...(parsed.data.reason === undefined ? {} : { reason: parsed.data.reason }),
  });
  found.revision += 1;
  found.actions = decision === 'approve' || decision === 'break-glass' ? ['cancel'] : [];
  found.state =
    (
      {
        approve: 'deploying',
        'break-glass': 'deploying',
        reject: 'rejected',
        cancel: 'cancelled',
        resume: 'compensating',
      } as const
    )[decision as 'approve'] ?? found.state;
  return ok(requestDetailSchema.parse(found));
}
