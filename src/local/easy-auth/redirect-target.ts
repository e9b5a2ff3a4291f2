const self = 'http://self.invalid';

/** Where to go after signing in or out: a path of this site, or its root when another place is wanted. */
export function redirectTarget(wanted: string | null | undefined): string {
  if (!wanted?.startsWith('/')) return '/';
  // Parsed as browsers do: they drop tabs and line feeds, and take "\" for "/".
  const url = URL.parse(wanted, self);
  if (url?.origin !== self) return '/';
  // "/.//host" is a path to a parser, and another host to a browser that is given what the parser made of it.
  if (url.pathname.startsWith('//') || url.pathname.startsWith('/.auth')) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}
