import type { DecisionView, RequestDetail } from '../../model/api/request-views.ts';
import { Card } from '../components/card.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import { RelativeTime } from '../components/relative-time.tsx';

const words: Readonly<
  Record<DecisionView['decision'], { text: string; icon: IconName; tone: string }>
> = {
  approve: { text: 'approved', icon: 'check', tone: 'good' },
  reject: { text: 'rejected', icon: 'cross', tone: 'bad' },
  cancel: { text: 'cancelled', icon: 'stop', tone: 'neutral' },
  'break-glass': { text: 'broke the glass: approved all stages', icon: 'warning', tone: 'warning' },
  resume: { text: 'resumed the taking back', icon: 'running', tone: 'running' },
  escalate: { text: 'escalated', icon: 'warning', tone: 'warning' },
  expire: { text: 'let it expire', icon: 'clock', tone: 'neutral' },
};

const channels: Readonly<Record<DecisionView['channel'], string>> = {
  queue: 'ticket system',
  api: 'page or API',
  policy: 'policy',
};

/** Who decided what, when and why; and of which plan, if it is another one than the present. */
export function DecisionList({ detail }: { detail: Pick<RequestDetail, 'decisions' | 'plan'> }) {
  const { decisions, plan } = detail;
  return (
    <Card title="Decisions">
      {decisions.length === 0 ? (
        <p class="muted">
          {plan?.policy.effect === 'auto-approve'
            ? `None was needed: the rule ${plan.policy.rule} approves it.`
            : 'None yet.'}
        </p>
      ) : (
        <ol class="decisions">
          {decisions.map((decision) => (
            <Decision key={decision.id} decision={decision} planHash={plan?.planHash} />
          ))}
        </ol>
      )}
    </Card>
  );
}

function Decision({
  decision,
  planHash,
}: {
  decision: DecisionView;
  planHash: string | undefined;
}) {
  const { text, icon, tone } = words[decision.decision];
  const isOfOtherPlan = decision.planHash !== undefined && decision.planHash !== planHash;
  return (
    <li class={`decision tone-${tone}`}>
      <Icon name={icon} />
      <div>
        <div>
          <bdi class="strong">{decision.by.name}</bdi> {text}
        </div>
        {decision.reason !== undefined && (
          <blockquote>
            <bdi>{decision.reason}</bdi>
          </blockquote>
        )}
        <div class="muted small">
          <RelativeTime at={decision.at} />
          {decision.stage !== undefined && (
            <>
              {' '}
              · stage <bdi>{decision.stage}</bdi>
            </>
          )}{' '}
          · {channels[decision.channel]}
          {isOfOtherPlan && ' · of an earlier plan'}
        </div>
      </div>
    </li>
  );
}
