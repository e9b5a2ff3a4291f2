import { useEffect, useRef, useState } from 'preact/hooks';
import type { Me } from '../../model/api/callers.ts';
import type { Problem } from '../../model/api/problems.ts';
import { isAbort, problemOf } from '../api/api-error.ts';
import { getJson, onSignedOut } from '../api/client.ts';
import { ErrorState } from '../components/error-state.tsx';
import { LoadingState } from '../components/loading-state.tsx';
import { Layout } from './layout.tsx';
import { NoRole, NotForYou, NotFound, SignIn } from './outside-pages.tsx';
import { findRoute, usePlace } from './router.ts';
import { routes } from './routes.ts';
import { hasRole, SessionContext } from './session.ts';

type Session =
  | { readonly status: 'loading' }
  | {
      readonly status: 'signed-out';
      readonly wasSignedIn: boolean;
      readonly signInUrl: string | undefined;
    }
  | { readonly status: 'signed-in'; readonly me: Me }
  | { readonly status: 'failed'; readonly problem: Problem };

/** The whole page: who is signed in, then the page of the address. */
export function App() {
  const place = usePlace();
  const [session, loadSession] = useSession();
  useFocusOnNavigation(place.path);
  const me = session.status === 'signed-in' ? session.me : undefined;
  return (
    <SessionContext.Provider value={me}>
      <Layout me={me} path={place.path}>
        {session.status === 'loading' && <LoadingState label="Signing you in" />}
        {session.status === 'failed' && (
          <ErrorState problem={session.problem} onRetry={loadSession} />
        )}
        {session.status === 'signed-out' && (
          <SignIn isOver={session.wasSignedIn} signInUrl={session.signInUrl} />
        )}
        {me !== undefined && <CurrentPage me={me} path={place.path} search={place.search} />}
      </Layout>
    </SessionContext.Provider>
  );
}

function CurrentPage({ me, path, search }: { me: Me; path: string; search: string }) {
  if (me.roles.length === 0) return <NoRole me={me} />;
  const found = findRoute(routes, path);
  if (found === undefined) return <NotFound />;
  const { route, params } = found;
  if (route.roles !== undefined && !hasRole(me, ...route.roles)) {
    return <NotForYou roles={route.roles} />;
  }
  const Page = route.page;
  // The key makes another request (or pool) another page: nothing of the one before stays.
  return <Page key={path} params={params} query={new URLSearchParams(search)} />;
}

function useSession(): [Session, () => void] {
  const [session, setSession] = useState<Session>({ status: 'loading' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    getJson<Me>('/api/me', abort.signal).then(
      (me) => setSession({ status: 'signed-in', me }),
      (error: unknown) => {
        const problem = problemOf(error);
        if (!isAbort(error) && problem.status !== 401) setSession({ status: 'failed', problem });
      },
    );
    const stop = onSignedOut((signInUrl) =>
      setSession((before) => ({
        status: 'signed-out',
        wasSignedIn: before.status === 'signed-in',
        signInUrl,
      })),
    );
    return () => {
      abort.abort();
      stop();
    };
  }, [attempt]);
  return [session, () => setAttempt((count) => count + 1)];
}

/** After a navigation, keyboard and screen reader go on at the heading of the new page. */
function useFocusOnNavigation(path: string): void {
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    scrollTo(0, 0);
    const target =
      document.querySelector<HTMLElement>('#main h1') ?? document.getElementById('main');
    target?.focus({ preventScroll: true });
  }, [path]);
}
