import type { RequestSummary } from '../../model/api/request-views.ts';
import { Badge } from './badge.tsx';
import { stateWords } from './request-states.ts';

/** The state of a request. */
export function StateBadge({ state }: { state: RequestSummary['state'] }) {
  const { label, tone, icon } = stateWords[state];
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  );
}
