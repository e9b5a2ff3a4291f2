import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** There is nothing, why that is so, and what to do about it. */
export function EmptyState({
  icon = 'list',
  title,
  children,
}: {
  icon?: IconName;
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="empty-state">
      <Icon name={icon} />
      <p class="empty-title">{title}</p>
      {children !== undefined && <div class="muted">{children}</div>}
    </div>
  );
}
