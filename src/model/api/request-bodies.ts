import { z } from 'zod';
import {
  allocateRequestSchema,
  associateRequestSchema,
  removeRequestSchema,
  requestIdSchema,
} from '../requests.ts';

const byCaller = {
  /** Of the caller's choice, such as a ticket number; made of the `Idempotency-Key` if absent. */
  id: requestIdSchema.optional(),
  /** Whoever calls; only name and mail address may be said beside it. */
  requester: z
    .strictObject({
      name: z.string().optional(),
      email: z.string().max(320).optional(),
      objectId: z.string().optional(),
      tenantId: z.string().optional(),
    })
    .optional(),
};

/**
 * Body of `POST /api/requests` and `POST /api/plans`, as the OpenAPI document shows it: a request as
 * docs/messages.md describes it, made by the caller.
 */
export const requestBodySchema = z
  .discriminatedUnion('operation', [
    z.strictObject({ ...allocateRequestSchema.shape, ...byCaller }).meta({ id: 'AllocateBody' }),
    z.strictObject({ ...associateRequestSchema.shape, ...byCaller }).meta({ id: 'AssociateBody' }),
    z.strictObject({ ...removeRequestSchema.shape, ...byCaller }).meta({ id: 'RemoveBody' }),
  ])
  .meta({ id: 'RequestBody' });
