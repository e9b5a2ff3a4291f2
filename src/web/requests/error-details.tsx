import type { ErrorView } from '../../model/api/request-views.ts';
import { Notice } from '../components/notice.tsx';

/** An error of a request or plan: what happened, why, what to do, and the facts for operators. */
export function ErrorDetails({ error, title }: { error: ErrorView; title: string }) {
  const details = Object.entries(error.details ?? {});
  return (
    <Notice tone="bad" title={title}>
      <p>
        <bdi>{error.message}</bdi>
      </p>
      <p class="muted">
        Why: <bdi>{error.cause}</bdi>
      </p>
      <p>
        <strong>What to do:</strong> <bdi>{error.remedy}</bdi>
      </p>
      <details class="more">
        <summary>Facts for operators</summary>
        <dl class="facts small">
          <dt>Code</dt>
          <dd>
            <code>{error.code}</code>
          </dd>
          {details.map(([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>
                <bdi class="mono">{value}</bdi>
              </dd>
            </>
          ))}
        </dl>
      </details>
    </Notice>
  );
}
