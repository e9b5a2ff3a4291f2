import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Me } from '../../model/api/callers.ts';
import { Button } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import { useAnnouncement } from './announce.ts';
import { Navigation } from './navigation.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

interface LayoutProps {
  readonly me: Me | undefined;
  readonly path: string;
  readonly children: ComponentChildren;
}

/** Frame of every page: skip link, navigation, who is signed in, and the live region. */
export function Layout({ me, path, children }: LayoutProps) {
  const [isOpen, setOpen] = useState(false);
  const announcement = useAnnouncement();
  // The menu of a phone closes when the page changes.
  useEffect(() => setOpen(false), [path]);
  useEffect(() => {
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setOpen(false);
    };
    document.addEventListener('keydown', closeOnEscape);
    return () => document.removeEventListener('keydown', closeOnEscape);
  }, []);
  return (
    <div class="frame">
      <a class="skip-link" href="#main">
        Skip to the content
      </a>
      <header class="side">
        <div class="side-inner">
          <div class="brand">
            <a href="/" class="brand-link">
              <Icon name="logo" />
              <span>VNet vending</span>
            </a>
            {me !== undefined && (
              <Button
                class="menu-button"
                kind="quiet"
                aria-expanded={isOpen}
                aria-controls="menu"
                onClick={() => setOpen(!isOpen)}
              >
                <Icon name={isOpen ? 'close' : 'menu'} />
                Menu
              </Button>
            )}
          </div>
          <div id="menu" class={isOpen ? 'menu menu-open' : 'menu'}>
            {me !== undefined && (
              <nav aria-label="Main">
                <Navigation me={me} path={path} />
              </nav>
            )}
            <div class="side-foot">
              <ThemeSwitch />
              {me !== undefined && <SignedIn me={me} />}
            </div>
          </div>
        </div>{' '}
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <div class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </div>
    </div>
  );
}

function SignedIn({ me }: { me: Me }) {
  const roles = me.roles.map((role) => role.replace('Vnet.', '')).join(', ');
  return (
    <div class="signed-in">
      <div class="signed-in-name">
        <bdi>{me.name}</bdi>
      </div>
      <div class="muted small">{roles === '' ? 'no role' : roles}</div>
      {me.signOutUrl !== undefined && (
        <a class="small" href={me.signOutUrl}>
          Sign out
        </a>
      )}
    </div>
  );
}
