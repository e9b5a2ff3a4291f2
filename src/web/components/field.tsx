import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** What the control of a field has to carry. */
export interface ControlAttributes {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-required': true | undefined;
}

interface Props {
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
  /** What is wrong, and how it would be right. */
  readonly error?: string | undefined;
  readonly required?: boolean;
  /** For links to the field, such as those of an error summary; made up if absent. */
  readonly id?: string;
  readonly class?: string;
  readonly children: (control: ControlAttributes) => ComponentChildren;
}

/** A labelled control with hint and message; the control is drawn by `children` with the attributes it is given. */
export function Field({ label, hint, error, required = false, id, class: extra, children }: Props) {
  const made = useId();
  const controlId = id ?? made;
  const described = [
    hint === undefined ? '' : `${controlId}-hint`,
    error === undefined ? '' : `${controlId}-error`,
  ].join(' ');
  return (
    <div class={`field ${error === undefined ? '' : 'field-invalid'} ${extra ?? ''}`}>
      <label for={controlId}>
        {label}
        {!required && <span class="optional"> optional</span>}
      </label>
      {hint !== undefined && (
        <div class="hint" id={`${controlId}-hint`}>
          {hint}
        </div>
      )}
      {children({
        id: controlId,
        'aria-describedby': described.trim() === '' ? undefined : described.trim(),
        'aria-invalid': error === undefined ? undefined : true,
        'aria-required': required ? true : undefined,
      })}
      {error !== undefined && (
        <div class="field-error" id={`${controlId}-error`}>
          {error}
        </div>
      )}
    </div>
  );
}
