import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

interface Props {
  /** Title of the page and of the browser's tab. */
  readonly title: string;
  /** Beside the title, such as a state. */
  readonly beside?: ComponentChildren;
  readonly lead?: ComponentChildren;
  /** What can be done on the page. */
  readonly actions?: ComponentChildren;
  /** The page above this one. */
  readonly parent?: { readonly href: string; readonly label: string };
}

/** Heading of a page. It takes the focus after a navigation, so every page has one from its first moment. */
export function PageHeader({ title, beside, lead, actions, parent }: Props) {
  useEffect(() => {
    document.title = title === 'VNet vending' ? title : `${title} · VNet vending`;
  }, [title]);
  return (
    <div class="page-header">
      {parent !== undefined && (
        <nav class="breadcrumb small" aria-label="Breadcrumb">
          <a href={parent.href}>{parent.label}</a>
        </nav>
      )}
      <div class="page-title">
        <h1 tabIndex={-1}>
          <bdi>{title}</bdi>
        </h1>
        {beside}
        {actions !== undefined && <div class="page-actions">{actions}</div>}
        {lead !== undefined && <p class="lead">{lead}</p>}
      </div>
    </div>
  );
}
