/**
 * Where somebody signs in. The local platform has a menu of people, Azure has Entra ID; only the first answers
 * with a list.
 */
export async function findSignInUrl(returnTo: string): Promise<string> {
  const back = `?post_login_redirect_uri=${encodeURIComponent(returnTo)}`;
  try {
    const answer = await fetch('/.auth/login/local', {
      headers: { accept: 'application/json' },
      redirect: 'error',
    });
    const isMenu = answer.headers.get('content-type')?.includes('application/json') ?? false;
    if (answer.ok && isMenu) return `/.auth/login/local${back}`;
  } catch {
    // No menu of people: this is Azure.
  }
  return `/.auth/login/aad${back}`;
}
