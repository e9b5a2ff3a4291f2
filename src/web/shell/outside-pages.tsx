import type { AppRole, Me } from '../../model/api/callers.ts';
import { PageHeader } from '../components/page-header.tsx';

/** Where Azure signs people in, should the API not say. */
const usualSignInUrl = '/.auth/login/aad';

/** Nobody is signed in, or not any more. Signing in leads back to the same address. */
export function SignIn({ isOver, signInUrl }: { isOver: boolean; signInUrl: string | undefined }) {
  const back = encodeURIComponent(location.pathname + location.search);
  const isOwn = signInUrl?.startsWith('/.auth/') ?? false;
  return (
    <div class="outside">
      <PageHeader title={isOver ? 'Your session is over' : 'Sign in'} />
      <p>
        {isOver
          ? 'Sign in again to go on where you were. What you have typed into a request is kept.'
          : 'Ask for a virtual network with address space of the central pools, follow it, and decide on requests.'}
      </p>
      <p>
        <a
          class="button button-primary"
          href={`${isOwn ? signInUrl : usualSignInUrl}?post_login_redirect_uri=${back}`}
        >
          Sign in
        </a>
      </p>
    </div>
  );
}

/** Signed in, but nobody has given a role yet. */
export function NoRole({ me }: { me: Me }) {
  return (
    <div class="outside">
      <PageHeader title="You have no role here yet" />
      <p>
        You are signed in as <bdi>{me.name}</bdi>. Ask the network platform team for an app role:{' '}
        <code>Vnet.Request</code> to ask for virtual networks, <code>Vnet.Approve</code> to decide
        on requests, <code>Vnet.Operate</code> to run the service, or <code>Vnet.Read</code> to
        look.
      </p>
      <p>Tell them your object id and tenant id, then sign out and in again:</p>
      <dl class="facts">
        <dt>Object id</dt>
        <dd>
          <code>{me.objectId}</code>
        </dd>
        <dt>Tenant id</dt>
        <dd>
          <code>{me.tenantId}</code>
        </dd>
      </dl>
    </div>
  );
}

export function NotForYou({ roles }: { roles: readonly AppRole[] }) {
  return (
    <div class="outside">
      <PageHeader title="This page is for other roles" />
      <p>
        It needs {roles.length === 1 ? 'the role' : 'one of the roles'} {roles.join(', ')}. Ask the
        network platform team if you should have it.
      </p>
      <p>
        <a href="/">Go to the start page</a>
      </p>
    </div>
  );
}

export function NotFound() {
  return (
    <div class="outside">
      <PageHeader title="There is no such page" />
      <p>The address may be old or mistyped.</p>
      <p>
        <a href="/">Go to the start page</a>
      </p>
    </div>
  );
}
