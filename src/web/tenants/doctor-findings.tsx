import type { TenantCheck } from '../../model/api/tenant-views.ts';
import { Badge } from '../components/badge.tsx';
import { Icon } from '../components/icon.tsx';
import { RelativeTime } from '../components/relative-time.tsx';
import { checkTitle } from '../requests/plan-parts.tsx';
import { checkWords, findingsOf } from './check-summary.ts';
import { CommandBlock } from './command-block.tsx';
import { remedyParts } from './remedy-parts.ts';

type Finding = TenantCheck['findings'][number];

/** What a check of a tenant found: what is to be done first, with its commands. */
export function DoctorFindings({ check }: { check: TenantCheck }) {
  return (
    <>
      <p class="doctor-summary">
        {check.ready ? (
          <Badge tone="good" icon="check">
            Ready
          </Badge>
        ) : (
          <Badge tone="bad" icon="cross">
            Not ready
          </Badge>
        )}{' '}
        {checkWords(check)}
        <span class="muted small">
          {' '}
          · checked <RelativeTime at={check.checkedAt} />
        </span>
      </p>
      <Told check={check} status="failed" title="Not met" />
      <Told check={check} status="unknown" title="Cannot be seen" />
      <Met check={check} />
    </>
  );
}

interface ToldProps {
  readonly check: TenantCheck;
  readonly status: 'failed' | 'unknown';
  readonly title: string;
}

function Told({ check, status, title }: ToldProps) {
  const groups = [...findingsOf(check, status)];
  if (groups.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 class="doctor-title">{title}</h3>
      {groups.map(([name, findings]) => (
        <div key={name} class="doctor-group">
          <h4>{checkTitle(name)}</h4>
          <ul class="findings">
            {findings.map((finding) => (
              <ToldFinding key={finding.subject} finding={finding} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function ToldFinding({ finding: { status, subject, error } }: { finding: Finding }) {
  return (
    <li class={`finding finding-${status}`}>
      <Icon name={status === 'failed' ? 'cross' : 'information'} />
      <div class="finding-body">
        <bdi class="strong">{subject}</bdi>
        {error !== undefined && (
          <>
            <p>
              <bdi>{error.message}</bdi>{' '}
              <span class="muted">
                <bdi>{error.cause}</bdi>
              </span>
            </p>
            <strong>What to do</strong>
            {remedyParts(error.remedy).map(({ kind, text }) =>
              kind === 'command' ? (
                <CommandBlock key={text} command={text} />
              ) : (
                <p key={text}>
                  <bdi>{text}</bdi>
                </p>
              ),
            )}
          </>
        )}
      </div>
    </li>
  );
}

/** What is in order needs no words: one line for each kind of check. */
function Met({ check }: { check: TenantCheck }) {
  const groups = [...findingsOf(check, 'passed')];
  if (groups.length === 0) return null;
  return (
    <section aria-label="Met">
      <h3 class="doctor-title">Met</h3>
      <ul class="findings">
        {groups.map(([name, findings]) => (
          <li key={name} class="finding finding-passed">
            <Icon name="check" />
            <div>
              {checkTitle(name)}:{' '}
              <span class="muted">
                <bdi>{findings.map(({ subject }) => subject).join(', ')}</bdi>
              </span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
