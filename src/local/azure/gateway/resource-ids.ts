/** The subscription of a path or ARM id, as written there. */
export function subscriptionIdOf(path: string): string | undefined {
  return /^\/subscriptions\/([^/]+)/i.exec(path)?.[1];
}

/** The ARM id of the resource group of a path or id, as written there. */
export function resourceGroupIdOf(path: string): string | undefined {
  return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(path)?.[0];
}

/**
 * The scope at which a request is authorised: the resource of the path, or, when the path ends with
 * a collection or an action, what that belongs to (`.../ipamPools/p/getPoolUsage` -> the pool).
 */
export function scopeOfPath(path: string): string {
  const segments = path.split('/').slice(1);
  const provider = segments.map((segment) => segment.toLowerCase()).lastIndexOf('providers');
  // After `providers` comes the namespace, then pairs of type and name; before it, pairs only.
  const pairsFrom = provider < 0 ? 0 : provider + 2;
  const isWhole = (segments.length - pairsFrom) % 2 === 0;
  return `/${(isWhole ? segments : segments.slice(0, -1)).join('/')}`.replace(/\/$/, '');
}

/** Whether a scope is the other one or lies within it. The root is the empty string or `/`. */
export function isWithin(scope: string, outer: string): boolean {
  const normalise = (text: string) => `${text.toLowerCase().replace(/\/+$/, '')}/`;
  return normalise(scope).startsWith(normalise(outer));
}

/** A segment of a path without its percent signs; as it is when they make no sense. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/**
 * A path as ids write it. Clients that join scopes by hand double slashes or end with one, and some
 * write percent signs for letters; Azure does not mind. What would change the meaning stays encoded.
 */
export function normalPath(path: string): string {
  return path
    .replaceAll(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '')
    .replaceAll(/%[0-7][0-9a-f]/gi, (encoded) => {
      const character = decodeURIComponent(encoded);
      return /[\w.~()-]/.test(character) ? character : encoded;
    })
    .replaceAll(/(?:%[89a-f][0-9a-f])+/gi, decodeLetters);
}

/** Names of resource groups may hold letters and digits of any script. */
function decodeLetters(encoded: string): string {
  try {
    const decoded = decodeURIComponent(encoded);
    return /^[\p{L}\p{N}]+$/u.test(decoded) ? decoded : encoded;
  } catch {
    return encoded;
  }
}
