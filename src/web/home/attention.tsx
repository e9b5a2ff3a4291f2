import type { ComponentChildren } from 'preact';
import type { RequestPage, RequestSummary } from '../../model/api/request-views.ts';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import type { IconName } from '../components/icon.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import type { Resource } from '../hooks/use-resource.ts';
import { RequestLine } from './request-line.tsx';

interface Props {
  readonly title: string;
  readonly resource: Resource<RequestPage>;
  readonly label: string;
  readonly href: string;
  /** Text of the link to the whole list. */
  readonly all: string;
  readonly empty: { readonly icon: IconName; readonly title: string };
  readonly compare?: (a: RequestSummary, b: RequestSummary) => number;
  /** At the right of each line. */
  readonly beside: (request: RequestSummary) => ComponentChildren;
}

const most = 5;

/** The first few requests of a kind, and the way to the rest. */
export function Attention(props: Props) {
  const { title, resource, label, href, all, empty, compare, beside } = props;
  return (
    <Card
      title={title}
      beside={
        <a class="small" href={href}>
          {all}
        </a>
      }
    >
      <ResourceView resource={resource} label={label}>
        {({ requests }) =>
          requests.length === 0 ? (
            <EmptyState {...empty} />
          ) : (
            <ul class="lines">
              {(compare === undefined ? requests : requests.toSorted(compare))
                .slice(0, most)
                .map((request) => (
                  <RequestLine key={request.id} request={request} beside={beside(request)} />
                ))}
            </ul>
          )
        }
      </ResourceView>
    </Card>
  );
}
