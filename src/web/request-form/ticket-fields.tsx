import { Field } from '../components/field.tsx';
import type { CommonDraft, Faults } from './common-draft.ts';

interface Props {
  readonly draft: CommonDraft;
  readonly faults: Faults;
  readonly onChange: (part: Partial<CommonDraft>) => void;
}

/** The ticket that a request belongs to; folded away while there is none. */
export function TicketFields({ draft, faults, onChange }: Props) {
  const hasTicket = [draft.ticketSystem, draft.ticketId, draft.ticketUrl].some(Boolean);
  return (
    <details class="more" open={hasTicket}>
      <summary>Link a ticket</summary>
      <div class="row">
        <Field id="ticketSystem" label="System" error={faults['ticketSystem']}>
          {(control) => (
            <input
              {...control}
              placeholder="servicenow"
              value={draft.ticketSystem}
              onInput={(event) => onChange({ ticketSystem: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field id="ticketId" label="Number" error={faults['ticketId']}>
          {(control) => (
            <input
              {...control}
              value={draft.ticketId}
              onInput={(event) => onChange({ ticketId: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
      <Field id="ticketUrl" label="Address" error={faults['ticketUrl']}>
        {(control) => (
          <input
            {...control}
            type="url"
            placeholder="https://"
            value={draft.ticketUrl}
            onInput={(event) => onChange({ ticketUrl: event.currentTarget.value })}
          />
        )}
      </Field>
    </details>
  );
}
