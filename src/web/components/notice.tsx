import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

const icons = {
  information: 'information',
  good: 'check',
  warning: 'warning',
  bad: 'cross',
} as const satisfies Record<string, IconName>;

/** Something to be read before going on. */
export function Notice({
  tone = 'information',
  title,
  role,
  children,
}: {
  tone?: keyof typeof icons;
  title?: string;
  role?: 'alert' | 'status';
  children?: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${tone}`} role={role}>
      <Icon name={icons[tone]} />
      <div class="notice-body">
        {title !== undefined && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}
