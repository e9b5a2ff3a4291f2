import { Field } from '../components/field.tsx';

interface Props {
  readonly label: string;
  readonly hint?: string;
  readonly required: boolean;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** Why somebody decides as they do. */
export function ReasonField({ label, hint, required, value, error, onChange }: Props) {
  return (
    <Field id="act-reason" label={label} hint={hint} required={required} error={error}>
      {(control) => (
        <textarea
          {...control}
          rows={3}
          maxLength={2_000}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
