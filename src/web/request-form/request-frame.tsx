import type { ComponentChildren } from 'preact';
import { Button } from '../components/button.tsx';
import { PageHeader } from '../components/page-header.tsx';
import type { CommonDraft } from './common-draft.ts';
import { CommonFields } from './common-fields.tsx';
import { ErrorSummary } from './error-summary.tsx';
import { PlanPanel } from './plan-panel.tsx';
import type { RequestForm } from './use-request-form.ts';

interface Props<Draft extends CommonDraft> {
  readonly title: string;
  readonly lead: ComponentChildren;
  readonly form: RequestForm<Draft>;
  /** The fields of the operation. */
  readonly children: ComponentChildren;
  /** Beside the form on a wide screen: what the choices come to. */
  readonly aside?: ComponentChildren;
}

const operations = [
  { href: '/new', label: 'New VNet' },
  { href: '/new/associate', label: 'Associate' },
  { href: '/new/remove', label: 'Remove' },
] as const;

/** Frame of the three request forms: faults, fields, reason and ticket, then the plan and sending. */
export function RequestFrame<Draft extends CommonDraft>(props: Props<Draft>) {
  const { title, lead, form, children, aside } = props;
  return (
    <>
      <PageHeader title={title} lead={lead} />
      <nav class="tabs" aria-label="Kind of request">
        {operations.map(({ href, label }) => (
          <a key={href} href={href} aria-current={location.pathname === href ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <div class={aside === undefined ? 'form-layout' : 'form-layout form-with-aside'}>
        <form
          class="card request-form"
          noValidate
          onFocusOut={(event) => {
            if (event.target instanceof HTMLElement) form.touch(event.target.id);
          }}
          onSubmit={(event) => {
            event.preventDefault();
            form.showPlan();
          }}
        >
          <ErrorSummary faults={form.shown} refusals={form.refusals} />
          {children}
          <CommonFields form={form} />
          <div class="buttons form-buttons">
            <Button
              type="submit"
              kind={form.plan.status === 'shown' ? 'secondary' : 'primary'}
              busy={form.plan.status === 'loading'}
            >
              {form.plan.status === 'shown' ? 'Show the plan again' : 'Show the plan'}
            </Button>
            <Button kind="quiet" onClick={form.startAnew}>
              Start anew
            </Button>
            <span class="muted small">Nothing is asked for until you send it.</span>
          </div>
        </form>
        {aside !== undefined && <aside class="form-aside">{aside}</aside>}
      </div>
      <PlanPanel form={form} />
    </>
  );
}
