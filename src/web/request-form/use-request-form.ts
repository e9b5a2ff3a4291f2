import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../../model/api/problems.ts';
import type { Accepted, PlanPreview } from '../../model/api/request-views.ts';
import { problemOf } from '../api/api-error.ts';
import { postJson } from '../api/client.ts';
import { announce } from '../shell/announce.ts';
import { navigate } from '../shell/router.ts';
import type { Faults } from './common-draft.ts';
import { dropDraft, idempotencyKeyFor, keepDraft, readDraft } from './draft-store.ts';

export interface FormRules<Draft> {
  /** Under which the draft is kept. */
  readonly name: string;
  readonly empty: () => Draft;
  readonly check: (draft: Draft) => Faults;
  readonly bodyOf: (draft: Draft) => Record<string, unknown>;
  /** The field that a JSON pointer of the API is about. */
  readonly fieldOf?: (pointer: string, draft: Draft) => string | undefined;
}

export type PlanState =
  | { readonly status: 'none' | 'loading' }
  | { readonly status: 'failed'; readonly problem: Problem }
  | { readonly status: 'shown'; readonly preview: PlanPreview; readonly content: string };

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
  const [draft, setDraft] = useState<Draft>(() => readDraft(rules.name, rules.empty()));
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [refusals, setRefusals] = useState(0);
  const [refused, setRefused] = useState<{ content: string; faults: Faults }>();
  const [plan, setPlan] = useState<PlanState>({ status: 'none' });
  const [isSending, setSending] = useState(false);
  const [sendProblem, setSendProblem] = useState<Problem>();
  const latestPlan = useRef(0);
  useEffect(() => keepDraft(rules.name, draft), [draft]);

  const content = JSON.stringify(rules.bodyOf(draft));
  const found = {
    ...(refused?.content === content ? refused.faults : {}),
    ...rules.check(draft),
  };
  const isTried = refusals > 0;
  const shown = Object.fromEntries(
    Object.entries(found).filter(([field]) => isTried || touched.has(field)),
  );

  const isComplete = (): boolean => {
    if (Object.keys(found).length === 0) return true;
    setRefusals(refusals + 1);
    return false;
  };
  const refuse = (problem: Problem): void => {
    const faults = faultsOf(problem, draft, rules);
    if (Object.keys(faults).length === 0) return;
    setRefused({ content, faults });
    setRefusals((count) => count + 1);
  };
  const showPlan = async (): Promise<void> => {
    if (!isComplete()) return;
    latestPlan.current += 1;
    const own = latestPlan.current;
    setPlan({ status: 'loading' });
    try {
      const preview = await postJson<PlanPreview>('/api/plans', JSON.parse(content));
      if (own !== latestPlan.current) return;
      setPlan({ status: 'shown', preview, content });
      announce('The plan is shown below the form.');
    } catch (error) {
      if (own !== latestPlan.current) return;
      const problem = problemOf(error);
      setPlan({ status: 'failed', problem });
      refuse(problem);
    }
  };
  const send = async (): Promise<void> => {
    if (isSending || !isComplete()) return;
    setSending(true);
    setSendProblem(undefined);
    try {
      const idempotencyKey = idempotencyKeyFor(rules.name, content);
      const { id } = await postJson<Accepted>('/api/requests', JSON.parse(content), {
        idempotencyKey,
      });
      dropDraft(rules.name);
      navigate(`/requests/${encodeURIComponent(id)}`);
      announce(`The request ${id} was accepted.`);
    } catch (error) {
      const problem = problemOf(error);
      setSendProblem(problem);
      refuse(problem);
      setSending(false);
    }
  };
  const startAnew = (): void => {
    dropDraft(rules.name);
    setDraft(rules.empty());
    setTouched(new Set());
    setRefusals(0);
    setPlan({ status: 'none' });
    setSendProblem(undefined);
  };
  return {
    draft,
    change: setDraft,
    shown,
    touch: (field) => setTouched((before) => new Set(before).add(field)),
    refusals,
    plan,
    isOutdated: plan.status === 'shown' && plan.content !== content,
    showPlan: () => void showPlan(),
    send: () => void send(),
    isSending,
    sendProblem,
    startAnew,
  };
}

/** What the API found wrong, at the fields that it is about. */
function faultsOf<Draft>(problem: Problem, draft: Draft, rules: FormRules<Draft>): Faults {
  const fields = (problem.pointers ?? []).flatMap(
    (pointer) => rules.fieldOf?.(pointer, draft) ?? [],
  );
  return Object.fromEntries(fields.map((field) => [field, problem.detail]));
}
