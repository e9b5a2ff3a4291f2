import { z } from 'zod';

/** App roles of Entra ID that the API knows; who has none may do nothing. */
export const appRoles = ['Vnet.Request', 'Vnet.Approve', 'Vnet.Operate', 'Vnet.Read'] as const;
export type AppRole = (typeof appRoles)[number];

/** `GET /api/me`: who the caller is, as the platform's authentication says. */
export const meSchema = z
  .strictObject({
    name: z.string(),
    objectId: z.string(),
    tenantId: z.string(),
    roles: z.array(z.enum(appRoles)),
    /** Where to sign out; absent for callers without a session. */
    signOutUrl: z.string().optional(),
  })
  .meta({ id: 'Me' });

export type Me = z.output<typeof meSchema>;
