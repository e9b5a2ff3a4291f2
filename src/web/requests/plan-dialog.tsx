import { useState } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { Notice } from '../components/notice.tsx';
import { ActDialog, type ActProps } from './act-dialog.tsx';
import { PlanHash } from './plan-card.tsx';
import { PlanChange } from './plan-change.tsx';
import { Findings, RiskList } from './plan-parts.tsx';

interface Props extends ActProps {
  readonly decision: 'approve' | 'break-glass';
}

/**
 * Approves exactly the plan that is shown. When the plan changes meanwhile, the dialog keeps showing the old one until the
 * new one is asked for: nobody approves what they have not looked at.
 */
export function PlanDialog({ decision, ...props }: Props) {
  const current = props.detail.plan;
  const [seen, setSeen] = useState(current);
  if (seen === undefined || current === undefined) return null;
  const isChanged = seen.planHash !== current.planHash;
  const isOverride = decision === 'break-glass';
  const showNew = (
    <Button key="show" kind="primary" onClick={() => setSeen(current)}>
      Show the new plan
    </Button>
  );
  return (
    <ActDialog
      {...props}
      title={isOverride ? 'Break the glass' : 'Approve this plan'}
      verb="decisions"
      body={{ decision, planHash: seen.planHash }}
      button={isOverride ? 'Approve all stages' : 'Approve'}
      kind={isOverride ? 'danger' : 'primary'}
      reason={
        isOverride
          ? {
              label: 'Reason',
              hint: 'Auditors read it: why could the approvers not decide?',
              required: true,
            }
          : { label: 'Reason', required: false }
      }
      done={`${props.detail.id} is approved.`}
      blocked={isChanged ? showNew : undefined}
    >
      {isOverride && (
        <Notice tone="warning" title="This approves all stages at once, without the approvers">
          <p>It is recorded as a decision of its own kind, under your name.</p>
        </Notice>
      )}
      {isChanged && (
        <Notice tone="warning" role="alert" title="The plan has changed meanwhile">
          <p>Below is still the old one. An approval of it would not count any more.</p>
        </Notice>
      )}
      <div class="dialog-plan">
        <RiskList flags={props.detail.riskFlags} />
        <PlanChange change={seen.change} />
        <Findings findings={seen.findings} />
        <PlanHash plan={seen} />
      </div>
    </ActDialog>
  );
}
