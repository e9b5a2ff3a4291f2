import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { Icon } from '../components/icon.tsx';
import type { AllocateDraft, Offer, TagDraft } from './allocate-draft.ts';
import type { RequestForm } from './use-request-form.ts';

interface Props {
  readonly form: RequestForm<AllocateDraft>;
  readonly offer: Offer;
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const nextKey = (tags: readonly TagDraft[]): number =>
  Math.max(0, ...tags.map(({ key }) => key)) + 1;

/** Tags of the VNet; those that the policy requires are there from the start and stay. */
export function TagFields({ form, offer }: Props) {
  const { draft, change } = form;
  const addButton = useRef<HTMLDivElement>(null);
  const missing = offer.requiredTags.filter(
    (name) => !draft.tags.some((tag) => isSame(tag.name, name)),
  );
  useEffect(() => {
    if (missing.length === 0) return;
    const first = nextKey(draft.tags);
    const added = missing.map((name, index) => ({ key: first + index, name, value: '' }));
    change({ ...draft, tags: [...added, ...draft.tags] });
  }, [missing.join()]);
  const add = () => {
    const key = nextKey(draft.tags);
    change({ ...draft, tags: [...draft.tags, { key, name: '', value: '' }] });
    setTimeout(() => document.getElementById(`tag-${key}-name`)?.focus());
  };
  const remove = (key: number) => {
    change({ ...draft, tags: draft.tags.filter((tag) => tag.key !== key) });
    addButton.current?.querySelector('button')?.focus();
  };
  return (
    <fieldset class="part">
      <legend>
        Tags{offer.requiredTags.length === 0 && <span class="optional"> optional</span>}
      </legend>
      {draft.tags.map((tag) => (
        <TagRow
          key={tag.key}
          form={form}
          tag={tag}
          isRequired={offer.requiredTags.some((name) => isSame(name, tag.name))}
          onRemove={() => remove(tag.key)}
        />
      ))}
      <div ref={addButton}>
        <Button onClick={add}>
          <Icon name="plus" />
          Add a tag
        </Button>
      </div>
    </fieldset>
  );
}

interface RowProps {
  readonly form: RequestForm<AllocateDraft>;
  readonly tag: TagDraft;
  readonly isRequired: boolean;
  readonly onRemove: () => void;
}

function TagRow({ form: { draft, change, shown }, tag, isRequired, onRemove }: RowProps) {
  const set = (part: Partial<TagDraft>) =>
    change({
      ...draft,
      tags: draft.tags.map((other) => (other.key === tag.key ? { ...other, ...part } : other)),
    });
  return (
    <div class="tag-row">
      <Field id={`tag-${tag.key}-name`} label="Tag" required error={shown[`tag-${tag.key}-name`]}>
        {(control) => (
          <input
            {...control}
            readOnly={isRequired}
            autoComplete="off"
            value={tag.name}
            onInput={(event) => set({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field
        id={`tag-${tag.key}-value`}
        label="Value"
        required
        error={shown[`tag-${tag.key}-value`]}
      >
        {(control) => (
          <input
            {...control}
            autoComplete="off"
            value={tag.value}
            onInput={(event) => set({ value: event.currentTarget.value })}
          />
        )}
      </Field>
      {isRequired ? (
        <span class="muted small tag-required">required</span>
      ) : (
        <Button
          kind="quiet"
          class="subnet-remove"
          aria-label={`Remove the tag ${tag.name}`}
          onClick={onRemove}
        >
          <Icon name="trash" />
        </Button>
      )}
    </div>
  );
}
