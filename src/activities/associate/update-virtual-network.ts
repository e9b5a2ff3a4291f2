import type { VirtualNetworkReading, VirtualNetworkView } from '../../azure/azure.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { ErrorCode } from '../../model/error-catalogue.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { VirtualNetworkTarget } from '../../model/plan.ts';
import { isSameId } from '../../model/resource-ids.ts';
import type { VirtualNetworkDocument } from '../../model/virtual-network-document.ts';
import type { Acceptance, UpdateStep } from '../activity-contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { acceptanceOf } from '../operation.ts';
import { hasFailed, isSettled } from '../settled.ts';
import { recordOf } from '../step.ts';

/**
 * What the ledger's step state says of the PUT of a step. `outcome` is written before the PUT as `unknown`:
 * its answer may be lost. Only a refusal that was heard proves that it had no effect, and only if no earlier
 * PUT of the step may have had one.
 */
type UpdateState = Readonly<Record<string, string>> & {
  readonly outcome?: 'unknown' | 'accepted' | 'refused';
  readonly operationUrl?: string;
  /** The VNet that the PUT made where the one that was read was gone. */
  readonly madeGuid?: string;
};

/** The step state of a PUT that may have had its effect. */
export async function sentUpdate(
  ledger: Ledger,
  requestId: string,
  step: UpdateStep,
): Promise<UpdateState | undefined> {
  const state: UpdateState | undefined = await ledger.getStepState(requestId, step);
  return state?.outcome === undefined || state.outcome === 'refused' ? undefined : state;
}

/** Whether the step's PUT ended Failed: the VNet shows what was written, but writing it again mends its state. */
export async function hasFailedUpdate(
  ledger: Ledger,
  requestId: string,
  step: UpdateStep,
  view: VirtualNetworkView,
): Promise<boolean> {
  return hasFailed(view) && (await sentUpdate(ledger, requestId, step)) !== undefined;
}

/** Says that the step has nothing to send, so that nobody looks at the operation of an earlier run. */
export const forgetUpdate = (ledger: Ledger, requestId: string, step: UpdateStep): Promise<void> =>
  ledger.putStepState(requestId, step, {});

interface Update {
  readonly requestId: string;
  readonly step: UpdateStep;
  readonly target: VirtualNetworkTarget;
  /** What was read: which VNet, in which version. */
  readonly view: Pick<VirtualNetworkView, 'etag' | 'resourceGuid'>;
  readonly document: VirtualNetworkDocument;
  /** What compensation or a later run needs to know. */
  readonly memory?: Readonly<Record<string, string>>;
}

/** Sends the one PUT of a step. What must be known of it is written before. */
export async function sendUpdate(
  { azure, ledger }: Dependencies,
  { requestId, step, target, view, document, memory = {} }: Update,
): Promise<Outcome<Acceptance>> {
  const earlier = await sentUpdate(ledger, requestId, step);
  await ledger.putStepState(requestId, step, { ...memory, outcome: 'unknown' });
  const put = await azure.updateVirtualNetwork(target, document, view.etag);
  if (put.ok) {
    const { operationUrl, resourceGuid = view.resourceGuid } = put.value;
    // Azure may not honour If-Match (azure-ipam 17): then a PUT after a deletion creates.
    const isMade = !isSameId(resourceGuid, view.resourceGuid);
    await ledger.putStepState(requestId, step, {
      ...memory,
      outcome: 'accepted',
      ...(operationUrl === undefined ? {} : { operationUrl }),
      ...(isMade ? { madeGuid: resourceGuid } : {}),
    });
    return isMade ? failure(madeAnew(target)) : success(acceptanceOf(put.value));
  }
  if (!earlier && wasRefused(put.error)) {
    await ledger.putStepState(requestId, step, { ...memory, outcome: 'refused' });
  }
  // It changed since it was read: read it again and decide again.
  if (put.error.code !== 'PreconditionFailed') return put;
  return failure(
    vendingError('ResourceBusy', `The VNet '${target.virtualNetwork}' changed while it was read.`),
  );
}

/**
 * After these the PUT may have had its effect: its own answer may be lost, and what was heard instead may be
 * that of a repetition on the way, to which Azure answers that the VNet is busy, with the first one.
 */
const undecided: ReadonlySet<ErrorCode> = new Set([
  'AzureUnavailable',
  'AzureAnswerInvalid',
  'ResourceBusy',
  'Throttled',
]);

const wasRefused = ({ code }: VendingError): boolean => !undecided.has(code);

/** A VNet that a request made without being asked to is for people to judge, who then resume the request. */
export const madeAnew = ({ virtualNetwork }: VirtualNetworkTarget): VendingError =>
  vendingError(
    'VirtualNetworkChanged',
    `The VNet '${virtualNetwork}' was deleted while this request changed it, which made it anew.`,
    {
      cause: 'Azure did not heed that the change was meant for the VNet that was read (If-Match).',
      remedy: 'Delete the VNet or keep it, as its owner wants, then resume the request.',
    },
  );

/** Whether the VNet of the name is one that the PUT of a step made without being asked to. */
export const isMadeBy = (sent: UpdateState, { resourceGuid }: VirtualNetworkView): boolean =>
  sent.madeGuid !== undefined && isSameId(sent.madeGuid, resourceGuid);

/** A run of a compensation that comes late must not undo what others did after the request had ended. */
export async function requireCompensating(
  dependencies: Dependencies,
  requestId: string,
): Promise<VendingError | undefined> {
  const { state } = await recordOf(dependencies, requestId);
  return state === 'compensating'
    ? undefined
    : vendingError('Unexpected', `The request is ${state}, so nothing is undone for it.`);
}

/** A change of somebody else that is under way must end first: a PUT would supersede it. */
export function requireSettled({ view }: VirtualNetworkReading): VendingError | undefined {
  return isSettled(view)
    ? undefined
    : vendingError(
        'ResourceBusy',
        `The VNet '${view.id.split('/').at(-1)}' is ${view.provisioningState}.`,
      );
}

/** The VNet is not the one that was planned for, or not as it was planned for. */
export const virtualNetworkChanged = (
  { virtualNetwork }: VirtualNetworkTarget,
  what: string,
): VendingError => vendingError('VirtualNetworkChanged', `The VNet '${virtualNetwork}' ${what}.`);
