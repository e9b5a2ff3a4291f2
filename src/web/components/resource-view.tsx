import type { ComponentChildren } from 'preact';
import type { Resource } from '../hooks/use-resource.ts';
import { ErrorState } from './error-state.tsx';
import { LoadingState } from './loading-state.tsx';
import { Notice } from './notice.tsx';

/** Bars while something is read for the first time, its error if it cannot be, else `children`; an old state is said to be old. */
export function ResourceView<T>({
  resource,
  label,
  children,
}: {
  resource: Resource<T>;
  /** What is being read: `Reading the pools`. */
  label: string;
  children: (data: T) => ComponentChildren;
}) {
  const { data, problem, reload } = resource;
  if (data === undefined) {
    return problem === undefined ? (
      <LoadingState label={label} />
    ) : (
      <ErrorState problem={problem} onRetry={reload} />
    );
  }
  return (
    <>
      {problem !== undefined && (
        <Notice tone="warning" role="status" title="This may be out of date">
          <p>
            {problem.detail}{' '}
            <button type="button" class="link-button" onClick={reload}>
              Try again
            </button>
          </p>
        </Notice>
      )}
      {children(data)}
    </>
  );
}
