import type { AppRole } from '../../model/api/callers.ts';
import type { LocalPerson } from '../landscape/local-person.ts';

export interface SignInPage {
  readonly people: readonly LocalPerson[];
  readonly signedIn: LocalPerson | undefined;
  /** Where a sign-in leads; a path of this site. */
  readonly redirectTo: string;
  readonly alert?: string;
  readonly tenantName: (tenantId: string) => string;
  /** Before the real Azure. */
  readonly asksForCode: boolean;
}

const roleWords: Readonly<Record<AppRole, string>> = {
  'Vnet.Request': 'asks for VNets',
  'Vnet.Approve': 'approves and rejects',
  'Vnet.Operate': 'operates: resumes, cancels, sees everything',
  'Vnet.Read': 'sees everything, changes nothing',
};

/** The menu of people. No script, no inline style: the strictest content security policy holds. */
export function signInPage(page: SignInPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sign in · vnet-vending</title>
<link rel="stylesheet" href="/.auth/login/local.css">
</head>
<body>
<main>
<h1>Sign in to vnet-vending</h1>
<p class="note">${page.asksForCode ? noteBeforeRealAzure : noteOfEmulatedAzure}</p>
${alertOf(page)}${signedInOf(page)}${menuOf(page)}
</main>
</body>
</html>
`;
}

const noteOfEmulatedAzure = `<strong>Local platform only.</strong> Choose who you are; there is no password.
In Azure this page does not exist: there, Microsoft Entra ID signs people in.`;
const noteBeforeRealAzure = `<strong>This platform works on the real Azure.</strong> What is asked for and approved here
is done in earnest. Type your code, then choose who you are; whoever started the platform has the codes.`;

function alertOf({ alert }: SignInPage): string {
  return alert === undefined ? '' : `<p class="alert" role="alert">${escaped(alert)}</p>\n`;
}

function signedInOf({ signedIn }: SignInPage): string {
  if (!signedIn) return '';
  return `<p>You are signed in as <strong>${escaped(signedIn.name)}</strong>.
<a href="/.auth/logout?post_logout_redirect_uri=/.auth/login/local">Sign out</a></p>\n`;
}

function menuOf(page: SignInPage): string {
  if (page.people.length === 0) {
    return page.asksForCode
      ? `<p>Nobody can sign in. Start again with <code>--people FILE</code> (docs/one-machine.md).</p>`
      : `<p>This landscape lists nobody who could sign in. Add people to its member
<code>emulatedAzure.localPeople</code> (docs/local-platform.md) and start again.</p>`;
  }
  return `<form method="post" action="/.auth/login/local">
<input type="hidden" name="post_login_redirect_uri" value="${escaped(page.redirectTo)}">
${page.asksForCode ? codeField : ''}<ul>
${page.people.map((person) => entryOf(person, page)).join('\n')}
</ul>
</form>`;
}

const codeField = `<p><label for="code">Your code</label>
<input id="code" name="code" type="password" autocomplete="current-password" required></p>
`;

function entryOf(person: LocalPerson, { tenantName }: SignInPage): string {
  const does = person.roles.map((role) => roleWords[role]).join('; ') || 'has no role yet';
  return `<li><button type="submit" name="person" value="${escaped(person.key)}">
<span class="name">${escaped(person.name)}</span>
<span class="tenant">${escaped(tenantName(person.tenantId))}</span>
<span class="does">${escaped(does)}</span>
</button></li>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
