import type { Problem } from '../../model/api/problems.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

/** What went wrong, why, what to do, and a way to try again. */
export function ErrorState({
  problem,
  onRetry,
}: {
  problem: Problem;
  onRetry?: (() => void) | undefined;
}) {
  return (
    <Notice tone="bad" title={problem.title} role="alert">
      <p>
        <bdi>{problem.detail}</bdi>
      </p>
      {problem.cause !== undefined && <p class="muted">Why: {problem.cause}</p>}
      <p>
        <strong>What to do:</strong> {problem.remedy}
      </p>
      <p class="notice-actions">
        {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
        <span class="muted small">
          {problem.code}
          {problem.status > 0 && ` · ${problem.status}`}
        </span>
      </p>
    </Notice>
  );
}
