import { Field } from '../components/field.tsx';
import type { CommonDraft } from './common-draft.ts';
import { TicketFields } from './ticket-fields.tsx';
import type { RequestForm } from './use-request-form.ts';

/** Why, the id, and the ticket: the same in every request form. */
export function CommonFields<Draft extends CommonDraft>({ form }: { form: RequestForm<Draft> }) {
  const { draft, change, shown } = form;
  const set = (part: Partial<CommonDraft>) => change({ ...draft, ...part });
  return (
    <fieldset class="part">
      <legend>Why</legend>
      <Field
        id="reason"
        label="Reason"
        hint="Approvers and auditors read it."
        required
        error={shown['reason']}
      >
        {(control) => (
          <textarea
            {...control}
            rows={2}
            maxLength={2_000}
            value={draft.reason}
            onInput={(event) => set({ reason: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field
        id="id"
        label="Request id"
        hint="Put the ticket number here if there is one. It cannot be changed later."
        required
        error={shown['id']}
      >
        {(control) => (
          <input
            {...control}
            class="mono narrow"
            autoComplete="off"
            spellcheck={false}
            value={draft.id}
            onInput={(event) => set({ id: event.currentTarget.value.trim() })}
          />
        )}
      </Field>
      <TicketFields draft={draft} faults={shown} onChange={set} />
    </fieldset>
  );
}
