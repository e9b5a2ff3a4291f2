import { PageHeader } from '../components/page-header.tsx';
import { RelativeTime } from '../components/relative-time.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { Attention } from '../home/attention.tsx';
import { PoolOverview } from '../home/pool-overview.tsx';
import { byDeadline } from '../requests/approval-columns.tsx';
import { Deadline } from '../requests/deadline.tsx';
import { stateGroups } from '../requests/list-path.ts';
import { useRequests } from '../requests/use-requests.ts';
import { hasRole, useMe } from '../shell/session.ts';

/** What needs the attention of the signed-in person, by their roles. */
export function HomePage() {
  const me = useMe();
  const mayAsk = hasRole(me, 'Vnet.Request', 'Vnet.Operate');
  return (
    <>
      <PageHeader
        title="Home"
        lead="Virtual networks with address space that overlaps nothing else."
        actions={
          mayAsk ? (
            <a class="button button-primary" href="/new">
              New request
            </a>
          ) : undefined
        }
      />
      <div class="home-columns">
        {hasRole(me, 'Vnet.Operate') && <Parked />}
        {hasRole(me, 'Vnet.Approve') && <Waiting />}
        {mayAsk && <Mine />}
        {!mayAsk && hasRole(me, 'Vnet.Read') && <Recent />}
        <PoolOverview />
      </div>
    </>
  );
}

function Parked() {
  const requests = useRequests({ states: stateGroups.parked.states });
  return (
    <Attention
      title="Needs an operator"
      resource={requests}
      label="Reading what needs an operator"
      href="/requests?state=parked"
      all="All of them"
      empty={{ icon: 'check', title: 'Nothing is parked' }}
      beside={({ updatedAt, state }) => (
        <>
          <StateBadge state={state} />
          <span class="muted small">
            <RelativeTime at={updatedAt} />
          </span>
        </>
      )}
    />
  );
}

function Waiting() {
  const requests = useRequests({ isAwaitingMe: true, pageSize: 100 });
  return (
    <Attention
      title="Waits for your decision"
      resource={requests}
      label="Reading what waits for your decision"
      href="/approvals"
      all="All approvals"
      empty={{ icon: 'approve', title: 'Nothing waits for you' }}
      compare={byDeadline}
      beside={({ approval, requester }) => (
        <>
          <bdi>{requester.name}</bdi>
          <span class="small">
            {approval?.deadline === undefined ? '' : 'expires '}
            <Deadline at={approval?.deadline} />
          </span>
        </>
      )}
    />
  );
}

function Mine() {
  const requests = useRequests({ isMine: true, pageSize: 5 });
  return (
    <Attention
      title="Your latest requests"
      resource={requests}
      label="Reading your requests"
      href="/my-requests"
      all="All of yours"
      empty={{ icon: 'plus', title: 'You have not asked for anything yet' }}
      beside={({ state, updatedAt }) => (
        <>
          <StateBadge state={state} />
          <span class="muted small">
            <RelativeTime at={updatedAt} />
          </span>
        </>
      )}
    />
  );
}

function Recent() {
  const requests = useRequests({ pageSize: 5 });
  return (
    <Attention
      title="Latest requests"
      resource={requests}
      label="Reading the latest requests"
      href="/requests"
      all="All requests"
      empty={{ icon: 'list', title: 'There are no requests yet' }}
      beside={({ state, updatedAt }) => (
        <>
          <StateBadge state={state} />
          <span class="muted small">
            <RelativeTime at={updatedAt} />
          </span>
        </>
      )}
    />
  );
}
