import { useEffect, useRef } from 'preact/hooks';
import type { ErrorView, PlanPreview, PlanView } from '../../model/api/request-views.ts';
import { Button } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { LoadingState } from '../components/loading-state.tsx';
import { Notice } from '../components/notice.tsx';
import { ErrorDetails } from '../requests/error-details.tsx';
import { PlanChange } from '../requests/plan-change.tsx';
import { Findings, PolicyVerdict, RiskList, Stages } from '../requests/plan-parts.tsx';
import type { RequestForm } from './use-request-form.ts';

/** What the request would do, and the button that sends it. */
export function PlanPanel<Draft>({ form }: { form: RequestForm<Draft> }) {
  const element = useRef<HTMLDivElement>(null);
  const { plan, sendProblem } = form;
  useEffect(() => {
    if (plan.status === 'shown') element.current?.scrollIntoView({ block: 'nearest' });
  }, [plan.status]);
  if (plan.status === 'none') return null;
  return (
    <div ref={element} class="plan-panel">
      <Card title="The plan">
        {plan.status === 'loading' && (
          <LoadingState label="Both tenants and the pools are being asked" lines={6} />
        )}
        {plan.status === 'failed' && (
          <>
            <ErrorState problem={plan.problem} onRetry={form.showPlan} />
            {plan.problem.status >= 500 && (
              <SendWithoutPlan form={form} why="The plan is made again when the request runs." />
            )}
          </>
        )}
        {plan.status === 'shown' && <Preview form={form} preview={plan.preview} />}
        {sendProblem !== undefined && <SendProblem form={form} />}
      </Card>
    </div>
  );
}

function Preview<Draft>({ form, preview }: { form: RequestForm<Draft>; preview: PlanPreview }) {
  const { plan, error, riskFlags } = preview;
  return (
    <>
      {form.isOutdated && (
        <Notice tone="warning" role="status" title="You have changed the request since">
          <p>This plan is of what you had typed before. Show it again, then send.</p>
          <p class="notice-actions">
            <Button onClick={form.showPlan}>Show the plan again</Button>
          </p>
        </Notice>
      )}
      {error !== undefined && <WhyNot error={error} findings={plan?.findings ?? []} />}
      {plan !== undefined && (
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
      )}
      {!form.isOutdated && <SendButton form={form} preview={preview} />}
    </>
  );
}

/** What the findings below tell one by one is not told twice. */
function WhyNot({ error, findings }: { error: ErrorView; findings: PlanView['findings'] }) {
  const title = 'As it is, this would not succeed';
  const missing = findings.filter(({ status }) => status === 'failed').length;
  if (missing === 0) return <ErrorDetails error={error} title={title} />;
  return (
    <Notice tone="bad" title={title}>
      <p>
        {missing === 1 ? 'One prerequisite is not met.' : `${missing} prerequisites are not met.`}{' '}
        What to do stands beside each.
      </p>
    </Notice>
  );
}

function SendButton<Draft>({ form, preview }: { form: RequestForm<Draft>; preview: PlanPreview }) {
  const { plan, error } = preview;
  if (error?.kind === 'retryable') {
    return (
      <SendWithoutPlan form={form} why="What failed may succeed by the time the request runs." />
    );
  }
  if (error !== undefined || plan === undefined || plan.policy.effect === 'deny') {
    return (
      <p class="muted">
        It cannot be sent as it is: correct the request, or have the cause removed, then show the
        plan again.
      </p>
    );
  }
  return (
    <div class="buttons form-buttons">
      <Button kind="primary" busy={form.isSending} onClick={form.send}>
        {form.isSending ? 'Sending…' : 'Send the request'}
      </Button>
      <span class="muted small">
        {plan.policy.effect === 'auto-approve'
          ? 'The policy approves it: it runs at once.'
          : 'It then waits for an approval of exactly this plan.'}
      </span>
    </div>
  );
}

function SendWithoutPlan<Draft>({ form, why }: { form: RequestForm<Draft>; why: string }) {
  return (
    <div class="buttons form-buttons">
      <Button busy={form.isSending} onClick={form.send}>
        Send it all the same
      </Button>
      <span class="muted small">{why}</span>
    </div>
  );
}

function SendProblem<Draft>({ form }: { form: RequestForm<Draft> }) {
  const { sendProblem } = form;
  if (sendProblem === undefined) return null;
  const existing = /^\/api(\/requests\/[^/?#]+)$/.exec(sendProblem.instance ?? '')?.[1];
  return (
    <>
      <ErrorState problem={sendProblem} onRetry={form.send} />
      {existing !== undefined && (
        <p>
          <a href={existing}>Open the request that is there already</a>
        </p>
      )}
    </>
  );
}
