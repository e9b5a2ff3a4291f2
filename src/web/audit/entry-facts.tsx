import type { AuditEntry } from '../../model/audit.ts';

/** All that an entry says, folded away. */
export function EntryFacts({ entry }: { entry: AuditEntry }) {
  const { sequence, state, actor, facts, recordHash, previousHash, hash } = entry;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['state', state],
    ['actorObjectId', actor.objectId],
    ['actorTenantId', actor.tenantId],
    ...Object.entries(facts),
    ['recordHash', recordHash],
    ['previousHash', previousHash],
    ['hash', hash],
  ];
  return (
    <details class="more entry-facts">
      <summary>
        Facts<span class="visually-hidden"> of entry {sequence}</span>
      </summary>
      <dl class="facts small">
        {rows.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name} class="fact">
              <dt>{name}</dt>
              <dd>
                <bdi class="mono">{value}</bdi>
              </dd>
            </div>
          ),
        )}
      </dl>
    </details>
  );
}
