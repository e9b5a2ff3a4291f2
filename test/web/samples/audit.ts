import { contentHash } from '../../../src/ledger/content-hash.ts';
import { type AuditEntry, type AuditVerification, auditGenesis } from '../../../src/model/audit.ts';
import { AuditChainCheck } from '../../../src/model/audit-chain.ts';
import { people } from './people.ts';

type Draft = Pick<AuditEntry, 'requestId' | 'kind' | 'state' | 'actor' | 'facts'>;

const actor = ({ name, objectId, tenantId }: AuditEntry['actor']): AuditEntry['actor'] => ({
  name,
  ...(objectId === undefined ? {} : { objectId }),
  ...(tenantId === undefined ? {} : { tenantId }),
});

/** A request from its acceptance to its end. */
function storyOf(requestId: string, virtualNetwork: string, isRejected: boolean): Draft[] {
  const planHash = contentHash({ requestId });
  const target = {
    tenant: 'fabrikam',
    resourceGroup: 'rg-payments',
    virtualNetwork,
    reason: 'New payments environment <b>for</b> the autumn',
  };
  const changed = (state: string, facts: AuditEntry['facts'] = {}): Draft => ({
    requestId,
    kind: 'request-changed',
    state,
    actor: { name: 'workflow' },
    facts,
  });
  const decided = (decision: string, reason?: string): Draft => ({
    requestId,
    kind: 'decision-recorded',
    state: 'awaiting-approval',
    actor: actor(people.ben),
    facts: {
      decision,
      stage: 'approval',
      channel: 'api',
      planHash,
      ...(reason === undefined ? {} : { reason }),
    },
  });
  const beginning: Draft[] = [
    {
      requestId,
      kind: 'request-claimed',
      state: 'received',
      actor: actor(people.ada),
      facts: { operation: 'allocate', ...target },
    },
    changed('planning'),
    changed('awaiting-approval', { planHash, policy: 'require-approval', policyRule: 'large' }),
  ];
  return isRejected
    ? [...beginning, decided('reject', 'Too large for a test'), changed('rejected')]
    : [
        ...beginning,
        decided('approve'),
        changed('deploying'),
        changed('verifying'),
        changed('succeeded', { virtualNetworkId: `/subscriptions/b1/${virtualNetwork}` }),
      ];
}

/** The trail of so many requests, chained as the ledger chains it. */
export function sampleAudit(now: number, requests = 12): AuditEntry[] {
  const drafts = Array.from({ length: requests }, (_, index) =>
    storyOf(`RITM00${12_301 + index}`, `vnet-payments-${index + 1}`, index % 5 === 3),
  ).flat();
  let previousHash = auditGenesis;
  return drafts.map((draft, index) => {
    const entry = {
      ...draft,
      sequence: index + 1,
      at: new Date(now - (drafts.length - index) * 600_000).toISOString(),
      recordHash: contentHash(draft),
      previousHash,
    };
    previousHash = contentHash(entry);
    return { ...entry, hash: previousHash };
  });
}

/** What the API says of a trail whose head it knows. */
export function verificationOf(
  entries: readonly AuditEntry[],
  expectedHead: { readonly sequence: number; readonly hash: string },
): AuditVerification {
  const check = new AuditChainCheck({ hashOf: contentHash, expectedHead });
  for (const entry of entries) check.add(entry);
  return check.verdict();
}

export const headOf = (entries: readonly AuditEntry[]) => ({
  sequence: entries.at(-1)?.sequence ?? 0,
  hash: entries.at(-1)?.hash ?? auditGenesis,
});
