import { useState } from 'preact/hooks';
import type { Problem } from '../../model/api/problems.ts';
import type { Accepted } from '../../model/api/request-views.ts';
import { problemOf } from '../api/api-error.ts';
import { postJson } from '../api/client.ts';
import { requestHref } from '../requests/request-words.ts';
import { announce } from '../shell/announce.ts';
import { navigate } from '../shell/router.ts';
import { dropDraft, idempotencyKeyFor } from './draft-store.ts';

/** Sends a request and opens its page; the draft goes when the API has taken it. */
export function useSending(name: string, onRefused: (problem: Problem) => void) {
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const send = async (content: string): Promise<void> => {
    if (isSending) return;
    setSending(true);
    setProblem(undefined);
    try {
      const idempotencyKey = idempotencyKeyFor(name, content);
      const body: unknown = JSON.parse(content);
      const { id } = await postJson<Accepted>('/api/requests', body, { idempotencyKey });
      dropDraft(name);
      navigate(requestHref(id));
      announce(`The request ${id} was accepted.`);
    } catch (error) {
      const refusal = problemOf(error);
      setProblem(refusal);
      onRefused(refusal);
      setSending(false);
    }
  };
  return { isSending, problem, send, forget: () => setProblem(undefined) };
}
