import type { Ledger } from '../../ledger/ledger.ts';
import { includesName, type PeeringBodies } from '../../model/peering-document.ts';

/** Step of the ledger's step state that holds what the peerings were, before the first was taken off. */
const detachStep = 'detach-peerings';

/** The peerings that may have been taken off, as they were. */
export async function detachedPeeringsOf(
  ledger: Ledger,
  requestId: string,
): Promise<PeeringBodies> {
  const json = (await ledger.getStepState(requestId, detachStep))?.['peerings'];
  return json === undefined ? {} : (JSON.parse(json) as PeeringBodies);
}

/** Keeps what the peerings are; what is kept already stays as it was. */
export async function keepPeerings(
  ledger: Ledger,
  requestId: string,
  found: PeeringBodies,
): Promise<void> {
  const kept = await detachedPeeringsOf(ledger, requestId);
  const added = Object.entries(found).filter(([name]) => !includesName(Object.keys(kept), name));
  if (added.length === 0) return;
  const peerings = JSON.stringify({ ...kept, ...Object.fromEntries(added) });
  await ledger.putStepState(requestId, detachStep, { peerings });
}
