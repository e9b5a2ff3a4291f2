import type { PlanView, RequestDetail } from '../../model/api/request-views.ts';
import { Badge } from '../components/badge.tsx';
import { Card } from '../components/card.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { poolHref } from '../pools/map-query.ts';
import { describeCount } from '../sizes.ts';
import { PlanChange } from './plan-change.tsx';
import { Findings, PolicyVerdict, RiskList, Stages } from './plan-parts.tsx';

/** What was planned, what came of it, and what the plan rests on. */
export function PlanCard({ detail }: { detail: RequestDetail }) {
  const { plan, riskFlags } = detail;
  if (plan === undefined) {
    return (
      <Card title="Plan">
        <p class="muted">There is no plan yet.</p>
      </Card>
    );
  }
  return (
    <Card title="Plan and result" beside={<PlanHash plan={plan} />}>
      <PlanAgainstResult plan={plan} detail={detail} />
      <div class="plan-columns">
        <div>
          <h3>What changes</h3>
          <PlanChange change={plan.change} />
        </div>
        <div>
          <h3>Who decides</h3>
          <PolicyVerdict policy={plan.policy} />
          <Stages stages={plan.stages} />
          {riskFlags.length > 0 && <h3>To look at twice</h3>}
          <RiskList flags={riskFlags} />
          <h3>Prerequisites</h3>
          <Findings findings={plan.findings} />
        </div>
      </div>
    </Card>
  );
}

export function PlanHash({ plan }: { plan: PlanView }) {
  return (
    <span class="muted small">
      plan <code title={plan.planHash}>{plan.planHash.slice(0, 12)}</code>
      <CopyButton text={plan.planHash} label="plan hash" />
    </span>
  );
}

interface PoolPrefixes {
  readonly poolAlias: string;
  readonly prefixes: readonly string[];
}

/** By pool: what was planned, and what VNet and pool agree on (or what the pool got back). */
function PlanAgainstResult({ plan, detail }: { plan: PlanView; detail: RequestDetail }) {
  const { result } = detail;
  if (result === undefined) return null;
  const isRemoval = detail.operation === 'remove';
  const actual = poolPrefixesOf(isRemoval ? result['released'] : result['allocations']);
  return (
    <div class="against">
      <h3>{isRemoval ? 'Given back' : 'Planned and allocated'}</h3>
      {result['alreadyGone'] === true && <p class="muted">There was nothing left to remove.</p>}
      <dl class="facts">
        {plan.change.allocations.map(({ poolAlias, family, numberOfIpAddresses, prefixes }) => {
          const got = actual.find((entry) => entry.poolAlias === poolAlias)?.prefixes ?? [];
          const planned = prefixes?.join(', ') ?? describeCount(family, numberOfIpAddresses);
          return (
            <>
              <dt>
                <a href={poolHref(poolAlias, isRemoval ? undefined : got[0])}>
                  <bdi>{poolAlias}</bdi>
                </a>
              </dt>
              <dd>
                <span class="muted">{planned} planned, </span>
                {got.length === 0 ? (
                  <span>nothing {isRemoval ? 'given back' : 'allocated'}</span>
                ) : (
                  <>
                    <span class="mono strong">{got.join(', ')}</span>
                    <CopyButton text={got.join(', ')} label="prefixes" />{' '}
                    <Badge tone="good" icon="check">
                      {isRemoval ? 'free again' : 'both sides agree'}
                    </Badge>
                  </>
                )}
              </dd>
            </>
          );
        })}
        <dt>VNet</dt>
        <dd>
          <code class="small">{result.virtualNetworkId}</code>
          <CopyButton text={result.virtualNetworkId} label="resource id of the VNet" />
        </dd>
      </dl>
    </div>
  );
}

function poolPrefixesOf(value: unknown): readonly PoolPrefixes[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (entry): entry is PoolPrefixes =>
      typeof entry === 'object' && entry !== null && Array.isArray(entry.prefixes),
  );
}
