import type { PoolSummary } from '../../model/api/pool-views.ts';
import { Field } from '../components/field.tsx';
import { addressCount, describeBlock, describeCount } from '../sizes.ts';
import { type AllocateDraft, ipv4LengthOf, type Offer, poolsIn } from './allocate-draft.ts';
import type { RequestForm } from './use-request-form.ts';

interface Props {
  readonly form: RequestForm<AllocateDraft>;
  readonly offer: Offer;
}

/** Which pools the address space comes from, and how much of it. */
export function SpaceFields({ form, offer }: Props) {
  const { draft, change, shown } = form;
  if (draft.location === '') {
    return (
      <fieldset class="part">
        <legend>Address space</legend>
        <p class="muted">
          Choose a region first: a VNet takes prefixes only from pools of its own region.
        </p>
      </fieldset>
    );
  }
  const ipv6Pools = poolsIn(offer, draft.location, 'IPv6');
  return (
    <fieldset class="part">
      <legend>Address space</legend>
      <div class="row">
        <PoolField
          id="ipv4Pool"
          label="IPv4 pool"
          none="No IPv4"
          value={draft.ipv4Pool}
          pools={poolsIn(offer, draft.location, 'IPv4')}
          error={shown['ipv4Pool']}
          onChange={(ipv4Pool) => change({ ...draft, ipv4Pool })}
        />
        {draft.ipv4Pool !== '' && <Ipv4Size form={form} />}
      </div>
      {ipv6Pools.length > 0 && (
        <div class="row">
          <PoolField
            id="ipv6Pool"
            label="IPv6 pool"
            none="No IPv6"
            value={draft.ipv6Pool}
            pools={ipv6Pools}
            error={shown['ipv6Pool']}
            onChange={(ipv6Pool) => change({ ...draft, ipv6Pool })}
          />
          {draft.ipv6Pool !== '' && <Ipv6Size form={form} />}
        </div>
      )}
    </fieldset>
  );
}

interface PoolFieldProps {
  readonly id: string;
  readonly label: string;
  readonly none: string;
  readonly value: string;
  readonly pools: readonly PoolSummary[];
  readonly error: string | undefined;
  readonly onChange: (alias: string) => void;
}

function PoolField({ id, label, none, value, pools, error, onChange }: PoolFieldProps) {
  const chosen = pools.find(({ alias }) => alias === value);
  const free = chosen?.availableIpAddresses;
  return (
    <Field
      id={id}
      label={label}
      required
      hint={
        chosen === undefined
          ? 'Optional.'
          : free === undefined
            ? 'How full it is cannot be seen now.'
            : `${describeCount(chosen.family, free)} free in ${chosen.addressPrefixes.join(', ')}.`
      }
      error={error}
    >
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          <option value="">{none}</option>
          {pools.map(({ alias }) => (
            <option key={alias} value={alias}>
              {alias}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

const ipv4Lengths = Array.from({ length: 22 }, (_, index) => 29 - index);
const ipv6Lengths = Array.from({ length: 33 }, (_, index) => 64 - index);

/** A count of addresses and a prefix length are two ways to say one thing; each follows the other. */
function Ipv4Size({ form: { draft, change, shown } }: Pick<Props, 'form'>) {
  const length = ipv4LengthOf(draft.ipv4Addresses);
  return (
    <>
      <Field
        id="ipv4Addresses"
        label="Addresses"
        hint={length === undefined ? 'As in 256.' : `You get ${describeBlock('IPv4', length)}.`}
        required
        error={shown['ipv4Addresses']}
      >
        {(control) => (
          <input
            {...control}
            inputMode="numeric"
            autoComplete="off"
            value={draft.ipv4Addresses}
            onInput={(event) => change({ ...draft, ipv4Addresses: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field id="ipv4Length" label="or prefix" required class="field-narrow">
        {(control) => (
          <select
            {...control}
            value={length === undefined ? '' : String(length)}
            onChange={(event) => {
              const chosen = Number(event.currentTarget.value);
              change({ ...draft, ipv4Addresses: String(addressCount('IPv4', chosen)) });
            }}
          >
            {(length === undefined || !ipv4Lengths.includes(length)) && (
              <option value={length === undefined ? '' : String(length)}>–</option>
            )}
            {ipv4Lengths.map((option) => (
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

function Ipv6Size({ form: { draft, change } }: Pick<Props, 'form'>) {
  return (
    <Field
      id="ipv6Length"
      label="Prefix"
      hint={`You get ${describeBlock('IPv6', draft.ipv6Length)}.`}
      required
    >
      {(control) => (
        <select
          {...control}
          value={String(draft.ipv6Length)}
          onChange={(event) => change({ ...draft, ipv6Length: Number(event.currentTarget.value) })}
        >
          {ipv6Lengths.map((option) => (
            <option key={option} value={String(option)}>
              /{option}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
