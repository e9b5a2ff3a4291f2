import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { OperationFault } from '../contracts.ts';

const milliseconds = z
  .number()
  .int()
  .min(0)
  .max(24 * 60 * 60 * 1000);

/** Values of headers, numbers as people write them: `{ "Retry-After": 5 }`. */
const headerValue = z.union([z.string(), z.number().transform(String)]);

const failureMessage = 'The operation failed because a fault was asked for.';

/** How an operation fails: code, text and status, the code alone, or `true` when they do not matter. */
const operationFailure = z.union([
  z
    .strictObject({
      code: z.string().min(1).optional(),
      message: z.string().default(failureMessage),
      status: z.enum(['Failed', 'Canceled']).optional(),
    })
    .transform(({ code, status, ...rest }) => ({
      code: code ?? (status === 'Canceled' ? 'Canceled' : 'InternalServerError'),
      ...rest,
      ...(status && { status }),
    })),
  z
    .string()
    .min(1)
    .transform((code) => ({ code, message: failureMessage })),
  z.literal(true).transform(() => ({ code: 'InternalServerError', message: failureMessage })),
]);

const regularExpression = z.string().refine((text) => {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}, 'must be a regular expression');

/** One fault, as it is posted to `/_control/faults` (DESIGN.md, the local platform's contract). */
export const faultSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.string().optional(),
      /** Regular expression, looked for in the path without query, case-insensitively. */
      path: regularExpression.optional(),
      /** Tenant of the primary token; of the path at the token endpoint. */
      tenant: z.string().optional(),
      /** Which matching request is the first to feel the effect; 1 unless told. */
      nth: z.number().int().min(1).optional(),
      /** How many feel it; unless told: one when `nth` is given, else all. */
      times: z.number().int().min(1).optional(),
    })
    .default({}),
  effect: z
    .strictObject({
      /** Answered in place of doing anything, in the shape of the service that would have answered. */
      status: z.number().int().min(400).max(599).optional(),
      /** Error code; `AADSTSnnn` at the token endpoint. */
      code: z.string().min(1).optional(),
      message: z.string().min(1).optional(),
      /** Added to the answer, whether true or made up. */
      headers: z.record(z.string(), headerValue).optional(),
      /** Replaces the body of the answer; with no `status` the request has its effect first. */
      body: z.string().optional(),
      /** Before anything else; of real time, whatever the speed. */
      delayMs: milliseconds.optional(),
      /** The connection breaks before the request has an effect. */
      dropConnection: z.boolean().optional(),
      /** The request has its effect, then the connection breaks. */
      applyThenDrop: z.boolean().optional(),
      /** The request has its effect, then `status` (with `code`, `headers`, `body`) is answered all the same. */
      applyThenAnswer: z.boolean().optional(),
      /**
       * There is no answer and no effect until the client closes the connection; it breaks when the
       * faults are deleted. Unlike `delayMs` this needs no clock.
       */
      hang: z.boolean().optional(),
      /** The request has its effect, then there is no answer, as with `hang`. */
      applyThenHang: z.boolean().optional(),
      failOperation: operationFailure.optional(),
      hangOperation: z.boolean().optional(),
      delayAllocationMs: milliseconds.optional(),
      delayAssociationMs: milliseconds.optional(),
    })
    .refine((effect) => Object.keys(effect).length > 0, 'must name at least one effect')
    .refine(
      ({ status, failOperation, code, message }) =>
        status !== undefined || failOperation !== undefined || (!code && !message),
      'code and message need a status or failOperation',
    )
    .refine(
      ({ status, applyThenAnswer }) => status !== undefined || !applyThenAnswer,
      'applyThenAnswer needs a status',
    )
    .transform(({ failOperation, ...effect }) => {
      if (failOperation === undefined || effect.status !== undefined) {
        return { ...effect, failOperation };
      }
      // Without a status, code and message beside it can only be those of the operation.
      const { code = failOperation.code, message = failOperation.message, ...rest } = effect;
      return { ...rest, failOperation: { ...failOperation, code, message } };
    }),
});

export type Fault = z.infer<typeof faultSchema>;
export type FaultEffect = Fault['effect'];

/** What a fault is matched with. */
export interface FaultTarget {
  readonly method: string;
  readonly path: string;
  readonly tenant: string | undefined;
}

interface ArmedFault extends Fault {
  readonly id: string;
  /** Requests that matched so far. */
  seen: number;
  /** Requests that felt it so far. */
  applied: number;
}

/** The faults that are asked for; they last until deleted or until the process ends. */
export class FaultList {
  #faults: ArmedFault[] = [];
  #waiting: (() => void)[] = [];

  add(fault: Fault): ArmedFault {
    const armed = { ...fault, id: randomUUID(), seen: 0, applied: 0 };
    this.#faults.push(armed);
    return armed;
  }

  list(): readonly ArmedFault[] {
    return this.#faults;
  }

  clear(): void {
    this.#faults = [];
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const release of waiting) release();
  }

  /** Resolves when the faults are deleted: what hangs is let go then. */
  untilCleared(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /**
   * The effect on this request. The oldest fault that applies wins; younger ones do not even count
   * the request, so that faults posted one after the other happen one after the other.
   */
  take(target: FaultTarget): FaultEffect | undefined {
    for (const fault of this.#faults) {
      if (!matches(fault, target)) continue;
      fault.seen += 1;
      const first = fault.match.nth ?? 1;
      const times = fault.match.times ?? (fault.match.nth === undefined ? Infinity : 1);
      if (fault.seen >= first && fault.seen < first + times) {
        fault.applied += 1;
        return fault.effect;
      }
    }
    return undefined;
  }
}

function matches({ match }: Fault, target: FaultTarget): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === target.method) &&
    (match.path === undefined || new RegExp(match.path, 'i').test(target.path)) &&
    (match.tenant === undefined || match.tenant.toLowerCase() === target.tenant?.toLowerCase())
  );
}

/** The part of an effect that the resource providers act on. */
export function operationFault(effect: FaultEffect | undefined): OperationFault {
  const { failOperation, hangOperation, delayAllocationMs, delayAssociationMs } = effect ?? {};
  return {
    ...(failOperation === undefined ? {} : { failOperation }),
    ...(hangOperation === undefined ? {} : { hangOperation }),
    ...(delayAllocationMs === undefined ? {} : { delayAllocationMs }),
    ...(delayAssociationMs === undefined ? {} : { delayAssociationMs }),
  };
}
