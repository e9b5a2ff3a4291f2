import {
  allocateMessage,
  associateMessage,
  removeMessage,
} from '../../../src/local/demo/messages.ts';
import type { PlatformReady } from '../../../src/local/ready-file.ts';
import type { RequestState } from '../../../src/model/states.ts';
import type { Fault } from '../../support/control.ts';
import { allocate, associate, createExisting, peerWithHub } from './preparations.ts';
import type { Stage, Subject } from './stage.ts';

/** What a successful end means for the VNet; the check of each run goes by it. */
export type Effect = 'allocated' | 'associated' | 'deleted' | 'disassociated';

/** One way through the workflow. */
export interface Scenario {
  readonly name: string;
  /** Makes what the request is about. */
  prepare(stage: Stage, subject: Subject): Promise<void>;
  request(ready: PlatformReady, subject: Subject): { readonly id: string };
  readonly effect: Effect;
  /** Where it is about a compensation: why there is one. */
  readonly base?: (subject: Subject) => Fault;
  /** Somebody cancels the request when it is in this state. */
  readonly cancelledIn?: RequestState;
  /** How it ends when nothing else goes wrong. */
  readonly endsAs: RequestState;
}

const putOf = ({ network }: Subject): Fault['match'] => ({
  method: 'PUT',
  path: `/virtualNetworks/${network}$`,
});
const deleteOf = ({ network }: Subject): Fault['match'] => ({
  method: 'DELETE',
  path: `/virtualNetworks/${network}$`,
});
const failingPut = (subject: Subject): Fault => ({
  match: { ...putOf(subject), times: 1 },
  effect: { failOperation: { code: 'InternalServerError', message: 'A host went down.' } },
});

const requests = {
  allocate: (ready: PlatformReady, { requestId, network }: Subject) =>
    allocateMessage(ready, requestId, network),
  associate: (ready: PlatformReady, { requestId, network }: Subject) =>
    associateMessage(ready, requestId, network),
  remove: (ready: PlatformReady, { requestId, network }: Subject) =>
    removeMessage(ready, requestId, network, 'delete'),
  removeDetaching: (ready: PlatformReady, { requestId, network }: Subject) => ({
    ...removeMessage(ready, requestId, network, 'delete'),
    detachPeerings: true,
  }),
  disassociate: (ready: PlatformReady, { requestId, network }: Subject) =>
    removeMessage(ready, requestId, network, 'disassociate'),
};

const prepareNothing = async (): Promise<void> => undefined;

async function prepareAllocated(stage: Stage, subject: Subject): Promise<void> {
  await allocate(stage, subject);
}

async function preparePeered(stage: Stage, subject: Subject): Promise<void> {
  await allocate(stage, subject);
  await peerWithHub(stage, subject);
}

async function prepareAssociated(stage: Stage, subject: Subject): Promise<void> {
  await createExisting(stage, subject);
  await associate(stage, subject);
}

const succeeding: readonly Omit<Scenario, 'endsAs'>[] = [
  {
    name: 'allocate',
    prepare: prepareNothing,
    request: requests.allocate,
    effect: 'allocated',
  },
  {
    name: 'associate',
    prepare: createExisting,
    request: requests.associate,
    effect: 'associated',
  },
  {
    name: 'remove-delete',
    prepare: prepareAllocated,
    request: requests.remove,
    effect: 'deleted',
  },
  {
    name: 'remove-delete-with-peerings',
    prepare: preparePeered,
    request: requests.removeDetaching,
    effect: 'deleted',
  },
  {
    name: 'remove-disassociate',
    prepare: prepareAssociated,
    request: requests.disassociate,
    effect: 'disassociated',
  },
];

const compensating: readonly Omit<Scenario, 'endsAs'>[] = [
  {
    name: 'allocate-compensated',
    prepare: prepareNothing,
    request: requests.allocate,
    effect: 'allocated',
    base: failingPut,
  },
  {
    name: 'associate-compensated',
    prepare: createExisting,
    request: requests.associate,
    effect: 'associated',
    base: failingPut,
  },
  {
    name: 'remove-delete-refused',
    prepare: preparePeered,
    request: requests.removeDetaching,
    effect: 'deleted',
    base: (subject) => ({
      match: deleteOf(subject),
      effect: { status: 400, code: 'InUseSubnetCannotBeDeleted' },
    }),
  },
  {
    name: 'disassociate-compensated',
    prepare: prepareAssociated,
    request: requests.disassociate,
    effect: 'disassociated',
    base: failingPut,
  },
];

export const scenarios: readonly Scenario[] = [
  ...succeeding.map((scenario) => ({ ...scenario, endsAs: 'succeeded' as const })),
  ...compensating.map((scenario) => ({ ...scenario, endsAs: 'failed' as const })),
  {
    name: 'associate-cancelled',
    prepare: createExisting,
    request: requests.associate,
    effect: 'associated',
    base: (subject) => ({
      match: { ...putOf(subject), times: 1 },
      effect: { delayAssociationMs: 86_400_000 },
    }),
    cancelledIn: 'verifying',
    endsAs: 'cancelled',
  },
];

export function scenarioOf(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (!found) {
    const names = scenarios.map((scenario) => scenario.name).join(', ');
    throw new Error(`There is no scenario '${name}'. There are: ${names}.`);
  }
  return found;
}
