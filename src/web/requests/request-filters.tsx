import { useState } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { navigate, replaceQuery } from '../shell/router.ts';
import { type StateGroup, stateGroups } from './list-path.ts';
import { requestHref } from './request-words.ts';

interface Props {
  readonly query: URLSearchParams;
  /** Aliases of the tenants; empty while they are not known. */
  readonly tenants: readonly string[];
}

/** Narrows a list down by the address, so that a filtered list can be linked to; or opens one request by its id. */
export function RequestFilters({ query, tenants }: Props) {
  const group = query.get('state') ?? '';
  const tenant = query.get('tenant') ?? '';
  const options = tenants.includes(tenant) || tenant === '' ? tenants : [...tenants, tenant];
  return (
    <div class="filters">
      <Field id="filter-state" label="State" required>
        {(control) => (
          <select
            {...control}
            value={group}
            onChange={(event) => replaceQuery({ state: event.currentTarget.value, page: '' })}
          >
            <option value="">All</option>
            {(Object.keys(stateGroups) as StateGroup[]).map((name) => (
              <option key={name} value={name}>
                {stateGroups[name].label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field id="filter-tenant" label="Tenant" required>
        {(control) => (
          <select
            {...control}
            value={tenant}
            onChange={(event) => replaceQuery({ tenant: event.currentTarget.value, page: '' })}
          >
            <option value="">All</option>
            {options.map((alias) => (
              <option key={alias} value={alias}>
                {alias}
              </option>
            ))}
          </select>
        )}
      </Field>
      <OpenById />
    </div>
  );
}

function OpenById() {
  const [id, setId] = useState('');
  return (
    <form
      class="open-by-id"
      onSubmit={(event) => {
        event.preventDefault();
        if (id.trim() !== '') navigate(requestHref(id.trim()));
      }}
    >
      <Field id="filter-id" label="Request id" required>
        {(control) => (
          <input
            {...control}
            placeholder="RITM0012345"
            autoComplete="off"
            spellcheck={false}
            value={id}
            onInput={(event) => setId(event.currentTarget.value)}
          />
        )}
      </Field>
      <Button type="submit">Open</Button>
    </form>
  );
}
