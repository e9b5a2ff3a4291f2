import rhea, { type Session } from 'rhea';
import { toBrokerError } from '../broker-error.ts';
import type { Namespace } from '../namespace.ts';
import type { AnswerLinks, NodeRequest } from './request-response.ts';
import { isSignedWith } from './shared-access.ts';

const managementSuffix = /\/\$management$/i;

/** The entity that an audience like `sb://host:port/orders/$management` names; empty for the namespace. */
function audiencePath(audience: string): string {
  const path = audience.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(managementSuffix, '');
  return decodeURIComponent(path).replace(/^\/+|\/+$/g, '');
}

/**
 * Answers `put-token` (service-bus 3). Without a key any token is good, on a loopback interface. An unknown
 * entity has to be refused here: the client gives up at once, while a refused link would make it try again.
 *
 * @returns whether the connection may now open links
 */
export function putToken(
  namespace: Namespace,
  answers: AnswerLinks,
  session: Session,
  request: NodeRequest,
  key: string | undefined,
): boolean {
  const path = audiencePath(String(request.properties['name'] ?? ''));
  let [code, description] = [202, 'Accepted'];
  if (key !== undefined && !isSignedWith(key, request.body)) {
    [code, description] = [401, 'The token is not signed with the key of this broker.'];
  } else {
    try {
      if (path !== '') namespace.entity(path);
    } catch (error) {
      [code, description] = [404, toBrokerError(error).message];
    }
  }
  answers.answer(session, request, {
    'status-code': rhea.types.wrap_int(code),
    'status-description': description,
  });
  return code === 202;
}
