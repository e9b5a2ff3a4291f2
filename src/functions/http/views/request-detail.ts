import type { Decision, TimelineEntry } from '../../../ledger/ledger.ts';
import type {
  DecisionView,
  RequestAction,
  RequestDetail,
  TimelineEntryView,
} from '../../../model/api/request-views.ts';
import { judgeResumption } from '../../../model/decisions.ts';
import type { VendingRequest } from '../../../model/requests.ts';
import type { ApiApp } from '../../app.ts';
import { extentOf } from '../access.ts';
import { type Caller, isRequester } from '../principal.ts';
import { couldDecide, deciderOf, type SeenRequest } from '../visibility.ts';
import { errorView } from './error-view.ts';
import { personView } from './person-view.ts';
import { planView } from './plan-view.ts';
import { requestSummary } from './request-summary.ts';
import { whatIsNext } from './what-is-next.ts';

/** A request with everything that the caller may see of it, and what they can do with it now. */
export async function requestDetail(
  app: ApiApp,
  caller: Caller,
  seen: SeenRequest,
): Promise<RequestDetail> {
  const { record, decisions } = seen;
  const { request, plan, result, error, leftovers } = record;
  const timeline = await app.ledger.listTimeline(record.id);
  const summary = requestSummary(seen, app.landscape);
  return {
    ...summary,
    request: requestView(request),
    ...(plan === undefined ? {} : { plan: planView(plan) }),
    timeline: timeline.map(timelineEntryView),
    decisions: decisions.map(decisionView),
    ...(result === undefined ? {} : { result: { ...result } }),
    ...(error === undefined ? {} : { error: errorView(error) }),
    ...(leftovers === undefined ? {} : { leftovers: [...leftovers] }),
    actions: actionsOf(app, caller, seen),
    next: whatIsNext(record.state, summary.approval),
  };
}

const requestView = ({ requester, ...request }: VendingRequest): RequestDetail['request'] => ({
  ...request,
  requester: personView(requester),
});

/** Steps that take something back are named so (`SagaStep`). */
const timelineEntryView = ({
  key,
  at,
  step,
  status,
  message,
}: TimelineEntry): TimelineEntryView => ({
  key,
  at,
  step,
  status,
  message,
  compensation: /^compensat/.test(step),
});

const decisionView = (decision: Decision): DecisionView => {
  const { id, decision: kind, by, at, stage, channel, reason, planHash } = decision;
  return {
    id,
    decision: kind,
    by: personView(by),
    at,
    channel,
    ...(stage === undefined ? {} : { stage }),
    ...(reason === undefined ? {} : { reason }),
    ...(planHash === undefined ? {} : { planHash }),
  };
};

function actionsOf(app: ApiApp, caller: Caller, seen: SeenRequest): RequestAction[] {
  const { record } = seen;
  const decisions = (['approve', 'reject', 'break-glass', 'cancel'] as const).filter((decision) =>
    couldDecide(app, caller, seen, decision),
  );
  return [
    ...decisions,
    ...(couldResume(app, caller, seen) ? (['resume'] as const) : []),
    ...(couldRemove(caller, record) ? (['remove'] as const) : []),
  ];
}

const couldResume = ({ landscape }: ApiApp, caller: Caller, { record }: SeenRequest): boolean =>
  extentOf('requests.resume', caller) !== undefined &&
  judgeResumption(record, deciderOf(caller), landscape).ok;

/** What gave a VNet its prefixes can be followed by a request that takes them back. */
const couldRemove = (caller: Caller, record: SeenRequest['record']): boolean =>
  record.state === 'succeeded' &&
  record.request.operation !== 'remove' &&
  extentOf('requests.create', caller) !== undefined &&
  (isRequester(record, caller) || extentOf('requests.cancel', caller) === 'all');
