import type { PlanView, RiskFlag } from '../../model/api/request-views.ts';
import { Badge } from '../components/badge.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import type { Tone } from '../components/request-states.ts';

type FindingView = PlanView['findings'][number];

const findingWords: Readonly<Record<FindingView['status'], { label: string; icon: IconName }>> = {
  passed: { label: 'Met', icon: 'check' },
  failed: { label: 'Not met', icon: 'cross' },
  unknown: { label: 'Cannot be seen', icon: 'information' },
  overridden: { label: 'Set aside', icon: 'warning' },
};

const order: readonly FindingView['status'][] = ['failed', 'overridden', 'unknown', 'passed'];

/** What each check looks at, where its name does not say it. */
const checkWords: Readonly<Record<string, string>> = {
  'management-token': 'Sign-in to the management tenant',
  'managed-token': 'Sign-in to the managed tenant',
  'pool-permission': 'Permission to use the pool',
  'virtual-network-permission': 'Permission to change VNets',
  connection: 'Cross-tenant connection',
  'pool-region': 'Region of the pool',
  'pool-capacity': 'Space in the pool',
  'virtual-network-name': 'Name of the VNet',
  'virtual-network': 'VNet',
  'pool-prefixes': 'Prefixes of the pool',
  'managed-state': 'State since it was made',
};

/** The name of a check for people; `resource-group` becomes `Resource group`. */
export const checkTitle = (check: string): string =>
  checkWords[check] ?? check.charAt(0).toUpperCase() + check.slice(1).replaceAll('-', ' ');

/** What was checked; what is not in order comes first, with its remedy, and what is in order is folded away. */
export function Findings({ findings }: { findings: readonly FindingView[] }) {
  const told = findings
    .filter(({ status }) => status !== 'passed')
    .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const passed = findings.filter(({ status }) => status === 'passed');
  return (
    <>
      {told.length > 0 && (
        <ul class="findings">
          {told.map((finding) => (
            <Finding key={`${finding.check} ${finding.subject}`} finding={finding} />
          ))}
        </ul>
      )}
      {passed.length > 0 && (
        <details class="more">
          <summary>
            {passed.length} {passed.length === 1 ? 'prerequisite is' : 'prerequisites are'} met
          </summary>
          <ul class="findings">
            {passed.map((finding) => (
              <Finding key={`${finding.check} ${finding.subject}`} finding={finding} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Finding({ finding: { check, status, subject, error } }: { finding: FindingView }) {
  const { label, icon } = findingWords[status];
  return (
    <li class={`finding finding-${status}`}>
      <Icon name={icon} />
      <div>
        <div>
          <span class="strong">{checkTitle(check)}</span>{' '}
          <span class="muted">
            {label.toLowerCase()} · <bdi>{subject}</bdi>
          </span>
        </div>
        {error !== undefined && (
          <>
            <div>
              <bdi>{error.message}</bdi>
            </div>
            <div>
              <span class="strong">What to do:</span> {error.remedy}
            </div>
          </>
        )}
      </div>
    </li>
  );
}

const effects: Readonly<
  Record<PlanView['policy']['effect'], { label: string; tone: Tone; icon: IconName }>
> = {
  'auto-approve': { label: 'Approved by the policy', tone: 'good', icon: 'check' },
  'require-approval': { label: 'Needs an approval', tone: 'waiting', icon: 'clock' },
  deny: { label: 'Denied by the policy', tone: 'bad', icon: 'stop' },
};

/** What the policy says, which rule says it and why. */
export function PolicyVerdict({ policy }: { policy: PlanView['policy'] }) {
  const { label, tone, icon } = effects[policy.effect];
  return (
    <p>
      <Badge tone={tone} icon={icon}>
        {label}
      </Badge>{' '}
      <bdi>{policy.reason}</bdi> <span class="muted small">(rule {policy.rule})</span>
    </p>
  );
}

/** The stages of the approval, in their order. */
export function Stages({ stages }: { stages: PlanView['stages'] }) {
  if (stages.length === 0) return null;
  return (
    <ol class="stages">
      {stages.map(({ name, approvers, minApprovals, timeLimitHours }) => (
        <li key={name}>
          <span class="strong">{name}</span>{' '}
          <span class="muted">
            {minApprovals === 1 ? 'one approval' : `${minApprovals} approvals`} of{' '}
            {approvers.length === 0 ? 'whoever may approve' : approvers.join(' or ')}, within{' '}
            {hours(timeLimitHours)}
          </span>
        </li>
      ))}
    </ol>
  );
}

const hours = (count: number): string =>
  count % 24 === 0 && count >= 48
    ? `${count / 24} days`
    : count === 1
      ? 'an hour'
      : `${count} hours`;

const flagWords: Readonly<Record<RiskFlag['flag'], string>> = {
  deletes: 'Deletes',
  'overrides-obstacles': 'Overrides obstacles',
  'detaches-peerings': 'Detaches peerings',
  'unverified-prerequisite': 'Unverified prerequisite',
  'large-allocation': 'Large allocation',
  'pool-nearly-full': 'Pool nearly full',
  'quota-nearly-used': 'Quota nearly used',
  'requester-unidentified': 'Requester unidentified',
  'plan-changed': 'Plan changed',
};

/** Names of the flags, for lists. */
export function RiskBadges({ flags }: { flags: readonly RiskFlag[] }) {
  return (
    <span class="badges">
      {flags.map(({ flag, text }) => (
        <span key={flag} title={text}>
          <Badge tone="warning" icon="warning">
            {flagWords[flag]}
          </Badge>
        </span>
      ))}
    </span>
  );
}

/** What to look at twice, in full. */
export function RiskList({ flags }: { flags: readonly RiskFlag[] }) {
  if (flags.length === 0) return null;
  return (
    <ul class="findings">
      {flags.map(({ flag, text }) => (
        <li key={flag} class="finding finding-overridden">
          <Icon name="warning" />
          <div>
            <span class="strong">{flagWords[flag]}</span> <bdi>{text}</bdi>
          </div>
        </li>
      ))}
    </ul>
  );
}
