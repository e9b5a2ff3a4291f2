import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { RequestDetail } from '../../model/api/request-views.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { Notice } from '../components/notice.tsx';
import { announce } from '../shell/announce.ts';
import { ReasonField } from './reason-field.tsx';
import { hasChanged, useAct } from './use-act.ts';

export interface ActProps {
  /** As it is now; follows the request while the dialog is open. */
  readonly detail: RequestDetail;
  readonly onClose: () => void;
  /** The request has changed, or may have. */
  readonly onChanged: () => void;
}

interface Props extends ActProps {
  readonly title: string;
  readonly verb: 'decisions' | 'cancel' | 'resume';
  /** Members of the body beside the reason. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly button: string;
  readonly kind: 'primary' | 'danger';
  readonly reason: { readonly label: string; readonly hint?: string; readonly required: boolean };
  /** Told to screen readers when it is done. */
  readonly done: string;
  /** Why it cannot be sent now, in place of the button. */
  readonly blocked?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** Asks for a reason, then sends a decision (or cancels, or resumes). */
export function ActDialog(props: Props) {
  const { detail, onClose, onChanged, title, verb, body, button, kind, children, blocked } = props;
  const [reason, setReason] = useState('');
  const [isTried, setTried] = useState(false);
  const { isSending, problem, send } = useAct(detail, verb);
  const isMissing = props.reason.required && reason.trim() === '';
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (isMissing) {
      document.getElementById('act-reason')?.focus();
      return;
    }
    const given = reason.trim() === '' ? {} : { reason: reason.trim() };
    const isTaken = await send({ ...body, ...given });
    onChanged();
    if (!isTaken) return;
    announce(props.done);
    onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        {children}
        <ReasonField
          {...props.reason}
          value={reason}
          error={isTried && isMissing ? 'Say why.' : undefined}
          onChange={setReason}
        />
        {problem !== undefined &&
          (hasChanged(problem) ? (
            <Notice
              tone="warning"
              role="alert"
              title="The request has changed while you were looking"
            >
              <p>
                Nothing was decided. What you see now is how it is; look again, then decide again.
              </p>
            </Notice>
          ) : (
            <ErrorState problem={problem} />
          ))}
        <div class="buttons">
          {blocked ?? (
            <Button type="submit" kind={kind} busy={isSending}>
              {button}
            </Button>
          )}
          <Button kind="quiet" onClick={onClose}>
            Do nothing
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
