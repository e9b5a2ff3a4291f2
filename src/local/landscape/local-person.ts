import { z } from 'zod';
import { appRoles } from '../../model/api/callers.ts';

const guidSchema = z.guid().transform((guid) => guid.toLowerCase());

/** Somebody who may sign in on the local platform; in Azure, Entra ID knows the people. */
export const localPersonSchema = z.strictObject({
  /** Short name for forms and the command line. */
  key: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be lower-case letters, digits and "-", such as ada'),
  name: z.string().min(1).max(200),
  objectId: guidSchema,
  tenantId: guidSchema,
  /** App roles that Entra ID would put into the token. */
  roles: z.array(z.enum(appRoles)).default([]),
  /** Object ids of groups that Entra ID would put into the token. */
  groups: z.array(guidSchema).default([]),
  /** User principal name. */
  email: z.email().optional(),
});

export type LocalPerson = z.output<typeof localPersonSchema>;
