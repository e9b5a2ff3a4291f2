import { z } from 'zod';

/** Short name of something in the landscape. */
export const aliasSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and "-"');

export const guidSchema = z.guid().transform((guid) => guid.toLowerCase());

/** Somebody, by object id and tenant id; the name is for readers. */
export const landscapePersonSchema = z.strictObject({
  name: z.string().min(1).max(200),
  objectId: guidSchema,
  tenantId: guidSchema,
});
