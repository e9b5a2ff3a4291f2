import type { PoolSummary } from '../../model/api/pool-views.ts';
import { Field } from '../components/field.tsx';
import { Notice } from '../components/notice.tsx';
import { type AssociateDraft, type PoolChoice, poolChoices } from './associate-draft.ts';
import type { RequestForm } from './use-request-form.ts';

interface Props {
  readonly form: RequestForm<AssociateDraft>;
  readonly pools: readonly PoolSummary[];
}

const families = ['IPv4', 'IPv6'] as const;

/** Which pools of its region the VNet is to belong to. */
export function PoolChoiceFields({ form, pools }: Props) {
  const { draft, shown } = form;
  const { picked } = draft;
  if (picked === undefined) return null;
  const offered = families
    .map((family) => ({ family, choices: poolChoices(picked, pools, family) }))
    .filter(({ choices }) => choices.length > 0);
  const { location, name, pools: present } = picked.virtualNetwork;
  const error = shown['pools'];
  if (offered.length === 0) {
    return (
      <fieldset class="part">
        <legend>Pools</legend>
        <Notice tone="warning" title={`There is no pool for it in ${location}`}>
          <p>
            A VNet takes part only in pools of its own region. Ask the network platform team for a
            pool in {location}.
          </p>
        </Notice>
      </fieldset>
    );
  }
  return (
    <fieldset class="part">
      <legend>Pools in {location}</legend>
      {present.length > 0 && (
        <Notice title={`${name} belongs to a pool already`}>
          <p>
            <bdi>{present.join(', ')}</bdi>. A VNet belongs to one pool of each family: leave the
            association as it is, or have it removed first.
          </p>
        </Notice>
      )}
      <div class="row">
        {offered.map(({ family, choices }, index) => (
          <PoolField
            key={family}
            // The first one stands for both where neither is chosen.
            id={index === 0 ? 'pools' : 'pools-second'}
            error={index === 0 ? error : undefined}
            family={family}
            choices={choices}
            form={form}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface PoolFieldProps {
  readonly id: string;
  readonly family: (typeof families)[number];
  readonly choices: readonly PoolChoice[];
  readonly form: RequestForm<AssociateDraft>;
  readonly error: string | undefined;
}

function PoolField({ id, family, choices, form: { draft, change }, error }: PoolFieldProps) {
  const chosen = choices.find(({ pool }) => pool.alias === draft.pools[family]);
  const outside = chosen?.outside ?? [];
  return (
    <Field
      id={id}
      label={`${family} pool`}
      required
      error={error}
      hint={
        outside.length === 0
          ? 'The VNet keeps the prefixes that it has.'
          : `${outside.join(', ')} lies outside of this pool; Azure will not take the VNet in.`
      }
    >
      {(control) => (
        <select
          {...control}
          value={draft.pools[family]}
          onChange={(event) =>
            change({ ...draft, pools: { ...draft.pools, [family]: event.currentTarget.value } })
          }
        >
          <option value="">None</option>
          {choices.map(({ pool, outside: notHeld }) => (
            <option key={pool.alias} value={pool.alias}>
              {pool.alias} ({pool.addressPrefixes.join(', ')})
              {notHeld.length > 0 && ' – does not hold it'}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
