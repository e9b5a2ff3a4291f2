import { useEffect, useRef } from 'preact/hooks';
import type { RequestDetail } from '../../model/api/request-views.ts';
import { getJson } from '../api/client.ts';
import { Card } from '../components/card.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { Notice } from '../components/notice.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { isOver, stateWords } from '../components/request-states.ts';
import { ResourceView } from '../components/resource-view.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { livePoll } from '../hooks/poll-plan.ts';
import { useResource } from '../hooks/use-resource.ts';
import { StageText } from '../requests/approval-columns.tsx';
import { Deadline } from '../requests/deadline.tsx';
import { DecisionList } from '../requests/decision-list.tsx';
import { ErrorDetails } from '../requests/error-details.tsx';
import { PhaseBar } from '../requests/phase-bar.tsx';
import { PlanCard } from '../requests/plan-card.tsx';
import { RequestActions } from '../requests/request-actions.tsx';
import { RequestFacts } from '../requests/request-facts.tsx';
import { operationWords } from '../requests/request-words.ts';
import { Timeline } from '../requests/timeline.tsx';
import { announce } from '../shell/announce.ts';
import type { PageProps } from '../shell/router.ts';
import { hasRole, isSamePerson, useMe } from '../shell/session.ts';

/** One request: where it stands, what happens next, what has happened, and what can be done. */
export function RequestPage({ params }: PageProps) {
  const id = params['id'] ?? '';
  const path = `/api/requests/${encodeURIComponent(id)}`;
  const request = useResource(path, (signal) => getJson<RequestDetail>(path, signal), {
    poll: livePoll,
    isSettled: ({ state }) => isOver(state) && state !== 'compensation-failed',
  });
  const detail = request.data;
  useAnnouncedState(detail);
  return (
    <>
      <PageHeader
        title={id}
        parent={useParent(detail)}
        beside={
          <>
            <CopyButton text={id} label="request id" />
            {detail !== undefined && <StateBadge state={detail.state} />}
          </>
        }
        lead={
          detail === undefined ? undefined : (
            <>
              {operationWords(detail).label}: <bdi>{detail.asksFor}</bdi>
              {detail.dryRun && ' (dry run: plan only)'}
            </>
          )
        }
        actions={
          detail === undefined ? undefined : (
            <RequestActions detail={detail} onChanged={request.reload} />
          )
        }
      />
      <ResourceView resource={request} label={`Reading the request ${id}`}>
        {(found) => <RequestBody detail={found} />}
      </ResourceView>
    </>
  );
}

function RequestBody({ detail }: { detail: RequestDetail }) {
  const { error, leftovers, state } = detail;
  return (
    <>
      <NextCard detail={detail} />
      {error !== undefined && (
        <ErrorDetails error={error} title={`${stateWords[state].label}: why`} />
      )}
      {leftovers !== undefined && leftovers.length > 0 && (
        <Notice tone="warning" title="What is left">
          <ul>
            {leftovers.map((leftover) => (
              <li key={leftover}>
                <bdi>{leftover}</bdi>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <div class="detail-columns">
        <div>
          <Timeline entries={detail.timeline} isLive={!isOver(state)} />
          <PlanCard detail={detail} />
        </div>
        <div>
          <DecisionList detail={detail} />
          <RequestFacts detail={detail} />
        </div>
      </div>
    </>
  );
}

function NextCard({ detail }: { detail: RequestDetail }) {
  const { approval, next, state, prefixes } = detail;
  const hasEnded = isOver(state) && state !== 'compensation-failed';
  return (
    <Card title={hasEnded ? 'How it ended' : 'What happens next'} class={`next-card next-${state}`}>
      <PhaseBar detail={detail} />
      {prefixes.length > 0 && (
        <p class="outcome">
          <span class="mono">{prefixes.join(', ')}</span>
          <CopyButton text={prefixes.join(', ')} label="prefixes" />
          {detail.operation === 'remove' && <span class="outcome-words"> given back</span>}
        </p>
      )}
      <p class="next-text">
        <bdi>{next}</bdi>
      </p>
      {state === 'awaiting-approval' && approval !== undefined && (
        <dl class="facts next-facts">
          <dt>Stage</dt>
          <dd>
            <StageText approval={approval} />
          </dd>
          <dt>Who may decide</dt>
          <dd>
            {approval.approvers.length === 0
              ? 'whoever may approve'
              : approval.approvers.join(', ')}
          </dd>
          <dt>Expires</dt>
          <dd>
            <Deadline at={approval.deadline} />
          </dd>
        </dl>
      )}
    </Card>
  );
}

/** The list that the request is found in. */
function useParent(detail: RequestDetail | undefined): { href: string; label: string } {
  const me = useMe();
  const isMine = detail !== undefined && isSamePerson(me, detail.requester);
  if (isMine || !hasRole(me, 'Vnet.Approve', 'Vnet.Operate', 'Vnet.Read')) {
    return { href: '/my-requests', label: 'My requests' };
  }
  return detail?.state === 'awaiting-approval' && hasRole(me, 'Vnet.Approve')
    ? { href: '/approvals', label: 'Approvals' }
    : { href: '/requests', label: 'All requests' };
}

/** Tells screen readers when the state changes. */
function useAnnouncedState(detail: RequestDetail | undefined): void {
  const before = useRef<string>(undefined);
  const state = detail?.state;
  useEffect(() => {
    if (state === undefined) return;
    if (before.current !== undefined && before.current !== state) {
      announce(`${detail?.id}: ${stateWords[state].label}`);
    }
    before.current = state;
  }, [state]);
}
