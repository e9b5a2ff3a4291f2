import { Field } from './field.tsx';

interface Props {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  /** What stands there while nothing is chosen. */
  readonly none: string;
  readonly options: readonly string[];
  readonly error?: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A list to choose one text from. */
export function SelectField({ id, label, value, none, options, error, onChange }: Props) {
  return (
    <Field id={id} label={label} required error={error}>
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          <option value="">{none}</option>
          {options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
