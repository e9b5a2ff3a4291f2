import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../components/icon.tsx';
import type { Faults } from './common-draft.ts';

/** All faults in one place, each a link to its field; takes the focus at each refused attempt. */
export function ErrorSummary({ faults, refusals }: { faults: Faults; refusals: number }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (refusals > 0) element.current?.focus();
  }, [refusals]);
  const entries = Object.entries(faults);
  if (refusals === 0 || entries.length === 0) return null;
  return (
    <div ref={element} class="notice notice-bad" role="alert" tabIndex={-1}>
      <Icon name="warning" />
      <div class="notice-body">
        <h2 class="notice-title">
          {entries.length === 1
            ? 'One thing is to be corrected'
            : `${entries.length} things are to be corrected`}
        </h2>
        <ul class="fault-list">
          {entries.map(([field, message]) => (
            <li key={field}>
              <a href={`#${field}`} onClick={(event) => focusField(event, field)}>
                {message}
              </a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function focusField(event: MouseEvent, field: string): void {
  const control = document.getElementById(field);
  if (control === null) return;
  event.preventDefault();
  for (let parent = control.parentElement; parent !== null; parent = parent.parentElement) {
    if (parent instanceof HTMLDetailsElement) parent.open = true;
  }
  control.focus();
  control.scrollIntoView({ block: 'center' });
}
