import { useLayoutEffect, useState } from 'preact/hooks';
import type { Problem } from '../../model/api/problems.ts';
import { useMe } from '../shell/session.ts';
import type { Faults } from './common-draft.ts';
import { dropDraft, keepDraft, readDraft } from './draft-store.ts';
import { type PlanState, usePlanPreview } from './use-plan-preview.ts';
import { useSending } from './use-sending.ts';

export interface FormRules<Draft> {
  /** Under which the draft is kept. */
  readonly name: string;
  readonly empty: () => Draft;
  readonly check: (draft: Draft) => Faults;
  readonly bodyOf: (draft: Draft) => Record<string, unknown>;
  /** The field that a JSON pointer of the API is about. */
  readonly fieldOf?: (pointer: string, draft: Draft) => string | undefined;
}

export interface RequestForm<Draft> {
  readonly draft: Draft;
  readonly change: (next: Draft) => void;
  /** What is to be shown beside the fields: of those that were left, and of all after an attempt. */
  readonly shown: Faults;
  readonly touch: (field: string) => void;
  /** Counts attempts with faults, so that the summary takes the focus at each. */
  readonly refusals: number;
  readonly plan: PlanState;
  /** The plan that is shown is of an earlier content. */
  readonly isOutdated: boolean;
  readonly showPlan: () => void;
  readonly send: () => void;
  readonly isSending: boolean;
  readonly sendProblem: Problem | undefined;
  readonly startAnew: () => void;
}

/** State of a request form: draft, faults, plan preview, sending. */
export function useRequestForm<Draft extends object>(rules: FormRules<Draft>): RequestForm<Draft> {
  // Somebody else who signs in in this tab finds nothing of it.
  const name = `${rules.name}:${useMe().objectId}`;
  const [draft, setDraft] = useState<Draft>(() => readDraft(name, rules.empty()));
  // Not after the next frame: what was typed just before a reload is kept, too.
  useLayoutEffect(() => keepDraft(name, draft), [draft]);

  const content = JSON.stringify(rules.bodyOf(draft));
  const faults = useFaults(rules, draft, content);
  const preview = usePlanPreview(faults.refuse);
  const sending = useSending(name, faults.refuse);
  const { plan } = preview;
  return {
    draft,
    change: setDraft,
    shown: faults.shown,
    touch: faults.touch,
    refusals: faults.refusals,
    plan,
    isOutdated: plan.status === 'shown' && plan.content !== content,
    showPlan: () => {
      if (faults.isComplete()) void preview.show(content);
    },
    send: () => {
      if (faults.isComplete()) void sending.send(content);
    },
    isSending: sending.isSending,
    sendProblem: sending.problem,
    startAnew: () => {
      dropDraft(name);
      setDraft(rules.empty());
      faults.forget();
      preview.forget();
      sending.forget();
    },
  };
}

/** What is wrong with a draft, by the rules of the form and by what the API said of the same content. */
function useFaults<Draft>(rules: FormRules<Draft>, draft: Draft, content: string) {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [refusals, setRefusals] = useState(0);
  const [refused, setRefused] = useState<{ content: string; faults: Faults }>();
  const found: Faults = {
    ...(refused?.content === content ? refused.faults : {}),
    ...rules.check(draft),
  };
  const isTold = ([field]: [string, string]): boolean => refusals > 0 || touched.has(field);
  return {
    refusals,
    shown: Object.fromEntries(Object.entries(found).filter(isTold)) as Faults,
    touch: (field: string) => setTouched((before) => new Set(before).add(field)),
    /** Tells everything that is wrong, if anything is. */
    isComplete: (): boolean => {
      // What the API refused is sent again all the same: it may have changed its mind.
      if (Object.keys(rules.check(draft)).length === 0) return true;
      setRefusals(refusals + 1);
      return false;
    },
    /** Takes over what the API found wrong, at the fields that it is about. */
    refuse: (problem: Problem): void => {
      const pointers = problem.pointers ?? [];
      const fields = pointers.flatMap((pointer) => rules.fieldOf?.(pointer, draft) ?? []);
      if (fields.length === 0) return;
      const faults = Object.fromEntries(fields.map((field) => [field, problem.detail]));
      setRefused({ content, faults });
      setRefusals((count) => count + 1);
    },
    forget: (): void => {
      setTouched(new Set());
      setRefusals(0);
      setRefused(undefined);
    },
  };
}
