import type { AppRole, Me } from '../../model/api/callers.ts';
import { Icon, type IconName } from '../components/icon.tsx';
import { hasRole } from './session.ts';

interface Entry {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  readonly roles: readonly AppRole[];
}

const anyRole: readonly AppRole[] = ['Vnet.Request', 'Vnet.Approve', 'Vnet.Operate', 'Vnet.Read'];

const entries: readonly Entry[] = [
  { href: '/', label: 'Home', icon: 'home', roles: anyRole },
  { href: '/new', label: 'New request', icon: 'plus', roles: ['Vnet.Request', 'Vnet.Operate'] },
  {
    href: '/my-requests',
    label: 'My requests',
    icon: 'person',
    roles: ['Vnet.Request', 'Vnet.Operate'],
  },
  { href: '/approvals', label: 'Approvals', icon: 'approve', roles: ['Vnet.Approve'] },
  {
    href: '/requests',
    label: 'All requests',
    icon: 'list',
    roles: ['Vnet.Approve', 'Vnet.Operate', 'Vnet.Read'],
  },
  { href: '/pools', label: 'Pools', icon: 'pool', roles: anyRole },
  { href: '/tenants', label: 'Tenants', icon: 'tenant', roles: anyRole },
  { href: '/audit', label: 'Audit', icon: 'audit', roles: ['Vnet.Operate', 'Vnet.Read'] },
];

const isUnder = (href: string, path: string): boolean =>
  href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);

/** The main navigation: what the roles of the signed-in person are for. */
export function Navigation({ me, path }: { me: Me; path: string }) {
  return (
    <ul class="navigation">
      {entries
        .filter(({ roles }) => hasRole(me, ...roles))
        .map(({ href, label, icon }) => (
          <li key={href}>
            <a href={href} aria-current={isUnder(href, path) ? 'page' : undefined}>
              <Icon name={icon} />
              {label}
            </a>
          </li>
        ))}
    </ul>
  );
}
