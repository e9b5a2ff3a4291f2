import type { ApiAddress } from '../api/api-address.ts';
import { causeOf, notOurs, unreachable } from '../api/api-errors.ts';
import { CliError, usageError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { printableText } from '../render/printable.ts';
import type { World } from '../world.ts';
import type { SignIn } from './sign-in.ts';

interface LocalPerson {
  readonly key: string;
  readonly name: string;
  readonly roles: readonly string[];
}

const path = '.auth/login/local';
const patienceMs = 10_000;

/** Signs in as one of the people of a local platform. */
export function localSignIn(address: ApiAddress, person: string, world: World): SignIn {
  if (!address.isLoopback) {
    throw usageError(
      `--as ${person} is for a local platform, and ${address.url.origin} is none.`,
      'Leave --as away to sign in with Entra ID.',
    );
  }
  let token: Promise<string> | undefined;
  return {
    description: `'${person}' of the local platform`,
    token() {
      token ??= obtainToken(address, person, world);
      return token;
    },
    renew() {
      token = undefined;
      return true;
    },
    remedy: async () =>
      `Sign in as somebody else: --as PERSON. ${await namePeople(address, world)}`,
  };
}

/** Speaks for nobody: there is a local platform, and nobody said who they are. */
export function noSignIn(address: ApiAddress, world: World): SignIn {
  return {
    description: 'nobody',
    token: async () => undefined,
    renew: () => false,
    remedy: async () =>
      `Say who you are: --as PERSON, or VNETV_AS=PERSON. ${await namePeople(address, world)}`.trim(),
  };
}

async function obtainToken(address: ApiAddress, person: string, world: World): Promise<string> {
  const { origin } = address.url;
  const response = await ask(address, world, {
    method: 'POST',
    // A platform before the real Azure asks for it.
    body: JSON.stringify({ person, code: world.env['VNETV_SIGN_IN_CODE'] ?? '' }),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
  });
  const body = (await response.json().catch(() => undefined)) as { token?: unknown } | undefined;
  if (response.ok && typeof body?.token === 'string') return body.token;
  if (response.status === 404 || body === undefined) {
    throw new CliError(exitCodes.notAllowed, `${origin} offers no local sign-in.`, {
      cause: 'Only the local platform ("npm start") does.',
      remedy: 'Leave --as away to sign in with Entra ID, or check the address (--api, VNETV_API).',
    });
  }
  if (response.status === 401) {
    throw new CliError(exitCodes.notAllowed, `The code of '${person}' is missing or wrong.`, {
      cause: 'The platform works on the real Azure, where everybody signs in with a code.',
      remedy:
        'Put it into VNETV_SIGN_IN_CODE; whoever started the platform has it in access.json of its data folder.',
    });
  }
  throw new CliError(exitCodes.notAllowed, `Nobody of the local platform is called '${person}'.`, {
    remedy: (await namePeople(address, world)) || 'Look at the sign-in page of the local platform.',
  });
}

/** `Its people: ada (Vnet.Request), ...`; empty when nobody tells. */
async function namePeople(address: ApiAddress, world: World): Promise<string> {
  const people = await listLocalPeople(address, world);
  if (people.length === 0) return '';
  const named = people.map(({ key, roles }) => `${key} (${roles.join(', ') || 'no role'})`);
  return `Its people: ${named.join('; ')}.`;
}

/** The people of a local platform; none where there is no such platform. */
export async function listLocalPeople(
  address: ApiAddress,
  world: World,
): Promise<readonly LocalPerson[]> {
  if (!address.isLoopback) return [];
  try {
    const response = await ask(address, world, { headers: { accept: 'application/json' } });
    const { people } = (await response.json()) as { people?: readonly LocalPerson[] };
    return (people ?? []).map(({ key, name, roles }) => ({
      key: printableText(key),
      name: printableText(name),
      roles,
    }));
  } catch {
    return [];
  }
}

async function ask(address: ApiAddress, world: World, init: RequestInit): Promise<Response> {
  const { origin } = address.url;
  try {
    const response = await world.fetch(new URL(path, address.url), {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    });
    if (response.status < 300 || response.status >= 400) return response;
    throw notOurs(origin, `It sends elsewhere (${response.status}).`);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw unreachable(origin, causeOf(error), address.source === 'default');
  }
}
