import type { Ledger, RequestRecord } from '../../ledger/ledger.ts';
import { countResumptions } from '../../model/decisions.ts';
import { isEndState, type RequestState } from '../../model/states.ts';
import { logEvent, wordsOf } from './log-event.ts';
import { Recent } from './recent.ts';
import { readTrace } from './request-trace.ts';
import { tellRequestSpan } from './spans.ts';
import { openTelemetry } from './telemetry.ts';

/** Requests of which an instance of the app knows what it told last. */
const mostKept = 500;

type Observed = Pick<Ledger, 'claimRequest' | 'updateRequest' | 'recordDecision'>;

/**
 * The ledger, telling log and trace of every change of a request's state: all of them pass here, whoever
 * makes them. What only repeats is not told.
 */
export function observedLedger(ledger: Ledger): Ledger {
  const told = new Recent<RequestState>(mostKept);
  const tell = async (record: RequestRecord) => {
    // A change that is none of the state, such as a plan that was made.
    if (told.get(record.id) === record.state) return;
    told.set(record.id, record.state);
    tellState(record);
    if (isEndState(record.state) && openTelemetry()) await trace(ledger, record);
  };
  const observed: Observed = {
    claimRequest: async (claim, at) => {
      const answer = await ledger.claimRequest(claim, at);
      if (answer.status === 'claimed') await tell(answer.record);
      return answer;
    },
    updateRequest: async (id, change, at) => {
      const record = await ledger.updateRequest(id, change, at);
      // A repetition of an end leaves the record as it is.
      if (record.updatedAt === at) await tell(record);
      return record;
    },
    recordDecision: async (decision, options) => {
      const recording = await ledger.recordDecision(decision, options);
      if (recording === 'recorded' && options?.change) {
        const record = await ledger.getRequest(decision.requestId).catch(() => undefined);
        if (record) await tell(record);
      }
      return recording;
    },
  };
  return new Proxy(ledger, {
    get: (target, name) => {
      if (Object.hasOwn(observed, name)) return observed[name as keyof Observed];
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** What was recorded stays recorded, whether it can be traced or not. */
async function trace(ledger: Ledger, record: RequestRecord): Promise<void> {
  try {
    const resumptions = countResumptions(await ledger.listDecisions(record.id));
    tellRequestSpan(record, await readTrace(ledger, record.id), resumptions > 0);
  } catch (error) {
    logEvent('telemetry.failed', { message: wordsOf(error) });
  }
}

function tellState(record: RequestRecord): void {
  const { id: requestId, request, tenant, state, error, createdAt, updatedAt, leftovers } = record;
  const facts = { requestId, operation: request.operation, tenant };
  const isEnd = isEndState(state);
  const seconds = (Date.parse(updatedAt) - Date.parse(createdAt)) / 1000;
  logEvent('request.state', {
    ...facts,
    state,
    ...(isEnd ? { durationSeconds: seconds, errorCode: error?.code } : {}),
  });
  if (state === 'compensation-failed') {
    logEvent('request.parked', {
      ...facts,
      errorCode: error?.code,
      leftovers: leftovers?.length ?? 0,
      firstLeftover: leftovers?.[0],
    });
  }
}
