import { useRef, useState } from 'preact/hooks';
import type { Problem } from '../../model/api/problems.ts';
import type { PlanPreview } from '../../model/api/request-views.ts';
import { problemOf } from '../api/api-error.ts';
import { postJson } from '../api/client.ts';
import { announce } from '../shell/announce.ts';

export type PlanState =
  | { readonly status: 'none' | 'loading' }
  | { readonly status: 'failed'; readonly problem: Problem }
  /** `content`: of what it is the plan. */
  | { readonly status: 'shown'; readonly preview: PlanPreview; readonly content: string };

/** Asks what a request would do. Only the latest question is answered. */
export function usePlanPreview(onRefused: (problem: Problem) => void) {
  const [plan, setPlan] = useState<PlanState>({ status: 'none' });
  const latest = useRef(0);
  const show = async (content: string): Promise<void> => {
    latest.current += 1;
    const own = latest.current;
    setPlan({ status: 'loading' });
    try {
      const preview = await postJson<PlanPreview>('/api/plans', JSON.parse(content));
      if (own !== latest.current) return;
      setPlan({ status: 'shown', preview, content });
      announce('The plan is shown below the form.');
    } catch (error) {
      if (own !== latest.current) return;
      const problem = problemOf(error);
      setPlan({ status: 'failed', problem });
      onRefused(problem);
    }
  };
  const forget = (): void => {
    latest.current += 1;
    setPlan({ status: 'none' });
  };
  return { plan, show, forget };
}
