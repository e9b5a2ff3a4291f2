import { useId } from 'preact/hooks';
import { replaceQuery } from '../shell/router.ts';

/** Finds who holds an address; what fits is lit on the map and listed below it. */
export function FindField({ find, matches }: { find: string; matches: number | undefined }) {
  const id = useId();
  return (
    <div class="find-field">
      <label for={id}>Find</label>
      <input
        id={id}
        type="search"
        autocomplete="off"
        spellcheck={false}
        placeholder="Address, prefix, VNet, tenant or request"
        value={find}
        onInput={(event) => replaceQuery({ find: event.currentTarget.value })}
      />
      <span class="muted small" role="status">
        {matches !== undefined && (matches === 1 ? '1 block' : `${matches} blocks`)}
      </span>
    </div>
  );
}
