import { useState } from 'preact/hooks';
import type { RequestAction, RequestDetail } from '../../model/api/request-views.ts';
import { Button } from '../components/button.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import { ActDialog, type ActProps } from './act-dialog.tsx';
import { PlanDialog } from './plan-dialog.tsx';
import { removalHref } from './removal-href.ts';

interface ButtonWords {
  readonly label: string;
  readonly icon: IconName;
  readonly kind: 'primary' | 'secondary' | 'danger';
}

type DialogAction = Exclude<RequestAction, 'remove'>;

const buttons: Readonly<Record<DialogAction, ButtonWords>> = {
  approve: { label: 'Approve…', icon: 'check', kind: 'primary' },
  reject: { label: 'Reject…', icon: 'cross', kind: 'danger' },
  'break-glass': { label: 'Break the glass…', icon: 'warning', kind: 'danger' },
  resume: { label: 'Resume…', icon: 'running', kind: 'primary' },
  cancel: { label: 'Cancel the request…', icon: 'stop', kind: 'secondary' },
};

/** What the signed-in person may do with the request now, as the API says. */
export function RequestActions({
  detail,
  onChanged,
}: {
  detail: RequestDetail;
  onChanged: () => void;
}) {
  const [open, setOpen] = useState<DialogAction>();
  const offered = (Object.keys(buttons) as DialogAction[]).filter((action) =>
    detail.actions.includes(action),
  );
  return (
    <>
      {offered.map((action) => (
        <Button key={action} kind={buttons[action].kind} onClick={() => setOpen(action)}>
          <Icon name={buttons[action].icon} />
          {buttons[action].label}
        </Button>
      ))}
      {detail.actions.includes('remove') && (
        <a class="button" href={removalHref(detail)}>
          <Icon name="trash" />
          Remove the VNet…
        </a>
      )}
      {open !== undefined && (
        <ActionDialog
          action={open}
          detail={detail}
          onChanged={onChanged}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  );
}

function ActionDialog({ action, ...props }: ActProps & { action: DialogAction }) {
  const { id, plan, target } = props.detail;
  switch (action) {
    case 'approve':
    case 'break-glass':
      return <PlanDialog {...props} decision={action} />;
    case 'reject':
      return (
        <ActDialog
          {...props}
          title={`Reject ${id}`}
          verb="decisions"
          body={{ decision: 'reject', planHash: plan?.planHash }}
          button="Reject"
          kind="danger"
          reason={{ label: 'Reason', hint: 'The requester reads it.', required: true }}
          done={`${id} is rejected.`}
        >
          <p>It ends the request: nothing is changed in either tenant.</p>
        </ActDialog>
      );
    case 'cancel':
      return (
        <ActDialog
          {...props}
          title={`Cancel ${id}`}
          verb="cancel"
          body={{}}
          button="Cancel the request"
          kind="danger"
          reason={{ label: 'Reason', required: true }}
          done={`${id} is being cancelled.`}
        >
          <p>What has been done for {target.virtualNetwork} so far is taken back.</p>
        </ActDialog>
      );
    case 'resume':
      return (
        <ActDialog
          {...props}
          title={`Resume ${id}`}
          verb="resume"
          body={{}}
          button="Resume the taking back"
          kind="primary"
          reason={{
            label: 'What was done about the cause',
            hint: 'Auditors read it.',
            required: true,
          }}
          done={`${id} is resumed.`}
        >
          <p>The workflow looks at what is left and goes on taking it back.</p>
        </ActDialog>
      );
  }
}
