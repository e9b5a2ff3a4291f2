import { useRef } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { Icon } from '../components/icon.tsx';
import { addressCount, describeBlock } from '../sizes.ts';
import { type AllocateDraft, ipv4LengthOf, type SubnetDraft } from './allocate-draft.ts';
import { SubnetBar } from './subnet-bar.tsx';
import { subnetFit } from './subnet-fit.ts';
import type { RequestForm } from './use-request-form.ts';

interface Props {
  readonly form: RequestForm<AllocateDraft>;
}

/** Rows of subnets, and whether they fit. */
export function SubnetBuilder({ form }: Props) {
  const { draft, change, shown } = form;
  const addButton = useRef<HTMLDivElement>(null);
  const fit = subnetFit(draft);
  const add = () => {
    const key = Math.max(0, ...draft.subnets.map((subnet) => subnet.key)) + 1;
    const subnet = { key, name: '', addresses: '64', hasIpv6: draft.ipv6Pool !== '' };
    change({ ...draft, subnets: [...draft.subnets, subnet] });
    setTimeout(() => document.getElementById(`subnet-${key}-name`)?.focus());
  };
  const remove = (key: number) => {
    change({ ...draft, subnets: draft.subnets.filter((subnet) => subnet.key !== key) });
    // The button that had the focus is gone.
    addButton.current?.querySelector('button')?.focus();
  };
  return (
    <fieldset class="part" id="subnets" tabIndex={-1}>
      <legend>
        Subnets<span class="optional"> optional</span>
      </legend>
      {draft.subnets.map((subnet, index) => (
        <SubnetRow
          key={subnet.key}
          form={form}
          subnet={subnet}
          number={index + 1}
          onRemove={() => remove(subnet.key)}
        />
      ))}
      {draft.subnets.length > 0 && fit !== undefined && <SubnetBar fit={fit} />}
      {shown['subnets'] !== undefined && draft.subnets.length === 0 && (
        <p class="field-error">{shown['subnets']}</p>
      )}
      <div ref={addButton}>
        <Button onClick={add}>
          <Icon name="plus" />
          Add a subnet
        </Button>
      </div>
    </fieldset>
  );
}

interface RowProps extends Props {
  readonly subnet: SubnetDraft;
  readonly number: number;
  readonly onRemove: () => void;
}

function SubnetRow({ form, subnet, number, onRemove }: RowProps) {
  const { draft, change, shown } = form;
  const { key, name } = subnet;
  const set = (part: Partial<SubnetDraft>) =>
    change({
      ...draft,
      subnets: draft.subnets.map((other) => (other.key === key ? { ...other, ...part } : other)),
    });
  const hasBoth = draft.ipv4Pool !== '' && draft.ipv6Pool !== '';
  return (
    <fieldset class="subnet-row">
      <legend class="visually-hidden">Subnet {number}</legend>
      <Field
        id={`subnet-${key}-name`}
        label="Name"
        required
        class="subnet-name"
        error={shown[`subnet-${key}-name`]}
      >
        {(control) => (
          <input
            {...control}
            autoComplete="off"
            spellcheck={false}
            value={name}
            onInput={(event) => set({ name: event.currentTarget.value.trim() })}
          />
        )}
      </Field>
      {draft.ipv4Pool === '' ? (
        <p class="subnet-fixed">/64</p>
      ) : (
        <SubnetSize subnet={subnet} error={shown[`subnet-${key}-size`]} onChange={set} />
      )}
      {hasBoth && (
        <label class="check subnet-ipv6">
          <input
            type="checkbox"
            checked={subnet.hasIpv6}
            onChange={(event) => set({ hasIpv6: event.currentTarget.checked })}
          />
          IPv6 /64
        </label>
      )}
      <Button
        kind="quiet"
        class="subnet-remove"
        aria-label={`Remove subnet ${number}${name === '' ? '' : ` (${name})`}`}
        onClick={onRemove}
      >
        <Icon name="trash" />
      </Button>
    </fieldset>
  );
}

const lengths = Array.from({ length: 22 }, (_, index) => 29 - index);

interface SizeProps {
  readonly subnet: SubnetDraft;
  readonly error: string | undefined;
  readonly onChange: (part: Partial<SubnetDraft>) => void;
}

function SubnetSize({ subnet: { key, addresses }, error, onChange }: SizeProps) {
  const length = ipv4LengthOf(addresses);
  return (
    <>
      <Field id={`subnet-${key}-size`} label="Addresses" required class="subnet-size" error={error}>
        {(control) => (
          <input
            {...control}
            inputMode="numeric"
            autoComplete="off"
            title={length === undefined ? undefined : describeBlock('IPv4', length)}
            value={addresses}
            onInput={(event) => onChange({ addresses: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field id={`subnet-${key}-length`} label="or prefix" required class="subnet-length">
        {(control) => (
          <select
            {...control}
            value={length === undefined ? '' : String(length)}
            onChange={(event) =>
              onChange({
                addresses: String(addressCount('IPv4', Number(event.currentTarget.value))),
              })
            }
          >
            {(length === undefined || !lengths.includes(length)) && (
              <option value={length === undefined ? '' : String(length)}>–</option>
            )}
            {lengths.map((option) => (
              <option key={option} value={String(option)}>
                /{option}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}
