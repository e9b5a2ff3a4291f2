import { useState } from 'preact/hooks';
import {
  checkRemove,
  type ExistingTarget,
  emptyRemoveDraft,
  type RemoveDraft,
  removeBody,
  targetOf,
} from '../request-form/remove-draft.ts';
import { RequestFrame } from '../request-form/request-frame.tsx';
import { type RequestForm, useRequestForm } from '../request-form/use-request-form.ts';
import {
  type PickedVirtualNetwork,
  VirtualNetworkPicker,
} from '../request-form/virtual-network-picker.tsx';
import type { PageProps } from '../shell/router.ts';

/** Asks to remove a VNet or its association (`remove`); the address may name the VNet. */
export function RemovePage({ query }: PageProps) {
  const given = targetOfQuery(query);
  const form = useRequestForm<RemoveDraft>({
    // A removal that a request offers has a draft of its own: it is about that VNet.
    name: given === undefined ? 'remove' : `remove:${query.get('of') ?? given.virtualNetwork}`,
    empty: () => emptyRemoveDraft(given),
    check: checkRemove,
    bodyOf: removeBody,
    fieldOf: (pointer) => {
      const [, first = ''] = pointer.split('/');
      return first === 'target' ? 'virtualNetwork' : first;
    },
  });
  return (
    <RequestFrame
      title="Remove a VNet"
      lead="Gives address space back to the pools: with the VNet, or by taking the VNet out of the pools. Both sides are verified afterwards."
      form={form}
    >
      <fieldset class="part">
        <legend>Which VNet</legend>
        {given === undefined ? <PickTarget form={form} /> : <GivenTarget target={given} />}
      </fieldset>
      <ModeFields form={form} />
    </RequestFrame>
  );
}

function targetOfQuery(query: URLSearchParams): ExistingTarget | undefined {
  const [tenant, subscriptionId, resourceGroup, virtualNetwork] = [
    'tenant',
    'subscription',
    'group',
    'vnet',
  ].map((name) => query.get(name) ?? '');
  return tenant && subscriptionId && resourceGroup && virtualNetwork
    ? { tenant, subscriptionId, resourceGroup, virtualNetwork }
    : undefined;
}

function GivenTarget({ target }: { target: ExistingTarget }) {
  return (
    <>
      <dl class="facts">
        <dt>VNet</dt>
        <dd>
          <bdi class="strong">{target.virtualNetwork}</bdi>
        </dd>
        <dt>Where</dt>
        <dd>
          <bdi>{target.tenant}</bdi> · <bdi>{target.resourceGroup}</bdi>
          <div class="muted small mono">
            <bdi>{target.subscriptionId}</bdi>
          </div>
        </dd>
      </dl>
      <p>
        <a href="/new/remove">Choose another VNet</a>
      </p>
    </>
  );
}

/** The draft keeps the target; what else is known of the VNet is read anew after a reload. */
function PickTarget({ form: { draft, change, shown } }: { form: RequestForm<RemoveDraft> }) {
  const [picked, setPicked] = useState<PickedVirtualNetwork | undefined>(
    draft.target === undefined ? undefined : pickedOf(draft.target),
  );
  return (
    <VirtualNetworkPicker
      id="virtualNetwork"
      value={picked}
      error={shown['virtualNetwork']}
      onChange={(next) => {
        setPicked(next);
        change({ ...draft, target: targetOf(next) });
      }}
    />
  );
}

function pickedOf(target: ExistingTarget): PickedVirtualNetwork {
  const { tenant, subscriptionId, resourceGroup, virtualNetwork: name } = target;
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/virtualNetworks/${name}`;
  return {
    tenant,
    virtualNetwork: {
      id,
      name,
      subscriptionId,
      resourceGroup,
      location: '',
      addressPrefixes: [],
      pools: [],
    },
  };
}

const modes = [
  {
    mode: 'delete',
    label: 'Delete the VNet',
    hint: 'The VNet goes, and its address space with it. This cannot be undone.',
  },
  {
    mode: 'disassociate',
    label: 'Keep the VNet, take it out of the pools',
    hint: 'VNet and subnets keep their prefixes; the pools may give them to others.',
  },
] as const;

function ModeFields({ form: { draft, change } }: { form: RequestForm<RemoveDraft> }) {
  return (
    <fieldset class="part">
      <legend>How</legend>
      {modes.map(({ mode, label, hint }) => (
        <div key={mode}>
          <label class="check">
            <input
              type="radio"
              name="mode"
              aria-describedby={`mode-${mode}-hint`}
              checked={draft.mode === mode}
              onChange={() => change({ ...draft, mode })}
            />
            {label}
          </label>
          <p class="hint check-hint" id={`mode-${mode}-hint`}>
            {hint}
          </p>
        </div>
      ))}
      {draft.mode === 'delete' && (
        <details class="more" open={draft.detachPeerings || draft.override}>
          <summary>When something is in the way</summary>
          <Check
            id="detachPeerings"
            label="Take our side of its peerings off first"
            hint="Without it, a VNet that is peered is not deleted."
            checked={draft.detachPeerings}
            onChange={(detachPeerings) => change({ ...draft, detachPeerings })}
          />
          <Check
            id="override"
            label="Ask an operator to set aside that it was not created here, or has changed since"
            hint="Only an operator may then approve it."
            checked={draft.override}
            onChange={(override) => change({ ...draft, override })}
          />
        </details>
      )}
    </fieldset>
  );
}

interface CheckProps {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

function Check({ id, label, hint, checked, onChange }: CheckProps) {
  return (
    <>
      <label class="check">
        <input
          id={id}
          type="checkbox"
          aria-describedby={`${id}-hint`}
          checked={checked}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        {label}
      </label>
      <p class="hint check-hint" id={`${id}-hint`}>
        {hint}
      </p>
    </>
  );
}
