import { useRef, useState } from 'preact/hooks';
import type { Problem } from '../../model/api/problems.ts';
import type { RequestDetail } from '../../model/api/request-views.ts';
import { problemOf } from '../api/api-error.ts';
import { postJson } from '../api/client.ts';

export interface Act {
  readonly isSending: boolean;
  readonly problem: Problem | undefined;
  /** Sends it; true when the API took it. */
  readonly send: (body: Readonly<Record<string, unknown>>) => Promise<boolean>;
}

/**
 * Sends a decision (or cancels, or resumes) for the request as it was shown: the API refuses it when it is another one by
 * now. The same decision sent again, after an answer that was lost, is one decision.
 */
export function useAct(detail: RequestDetail, verb: 'decisions' | 'cancel' | 'resume'): Act {
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const keys = useRef(new Map<string, string>());
  const send = async (body: Readonly<Record<string, unknown>>): Promise<boolean> => {
    if (isSending) return false;
    setSending(true);
    setProblem(undefined);
    // The same words about the request as it is shown by now may be another decision: stages can be replaced.
    const content = JSON.stringify([detail.revision, body]);
    const idempotencyKey = keys.current.get(content) ?? crypto.randomUUID();
    keys.current.set(content, idempotencyKey);
    try {
      await postJson(`/api/requests/${encodeURIComponent(detail.id)}/${verb}`, body, {
        ifMatch: `"${detail.revision}"`,
        idempotencyKey,
      });
      return true;
    } catch (error) {
      setProblem(problemOf(error));
      return false;
    } finally {
      setSending(false);
    }
  };
  return { isSending, problem, send };
}

/** Whether the API says that the request is not any more what was shown. */
export const hasChanged = ({ status, code }: Problem): boolean =>
  status === 412 || code === 'PlanChanged';
