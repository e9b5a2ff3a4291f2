import { z } from 'zod';
import { eventData } from './event-data.ts';
import type { EventEnvelope } from './event-envelope.ts';
import type { Landscape } from './landscape.ts';
import { aliasSchema } from './landscape-parts.ts';
import { limits } from './limits.ts';
import { findManagedTenant } from './managed-tenant.ts';

const types = [...Object.keys(eventData), 'request.rejected'];
/** `approval` stands for all of `approval.requested`, `approval.granted` and so on. */
const families = [...new Set(types.map((type) => type.replace(/\..*$/, '')))];

const settingSchema = z
  .string()
  .regex(/^[A-Za-z_]\w{0,126}$/, 'must be the name of an app setting: letters, digits and "_"');

/**
 * Somebody who is told of events by HTTP. Where an event goes is configuration alone: no message can
 * name an address.
 */
const callbackSchema = z
  .strictObject({
    name: aliasSchema,
    url: z
      .url({ protocol: /^https?$/, error: 'must be an https address' })
      .max(2_000)
      .optional(),
    /** Names the app setting that holds the address, for one that is a secret itself. */
    urlSetting: settingSchema.optional(),
    /** Names the app setting that holds the secret, or two of them while it is being changed. */
    secretSetting: settingSchema,
    /** Types such as `approval.requested`, or families such as `approval`; absent: all. */
    events: z
      .array(
        z.enum([...families, ...types], {
          error: `must be a family (${families.join(', ')}) or a type of event`,
        }),
      )
      .min(1)
      .optional(),
    /** Aliases of managed tenants; absent: all, and what belongs to none. */
    tenants: z.array(aliasSchema).min(1).optional(),
    /** `teams`: an Adaptive Card for an incoming webhook of Teams, in place of the event. */
    format: z.enum(['cloudevents', 'teams']).default('cloudevents'),
    timeoutSeconds: z.number().positive().max(limits.callbackTimeoutSeconds).default(15),
  })
  .refine(({ url, urlSetting }) => (url === undefined) !== (urlSetting === undefined), {
    path: ['url'],
    message: 'needs exactly one of url and urlSetting',
  });

/** Member `callbacks` of the landscape. */
export const callbacksSchema = z
  .array(callbackSchema)
  .max(limits.callbacks)
  .refine((callbacks) => new Set(callbacks.map(({ name }) => name)).size === callbacks.length, {
    message: 'gives two callbacks the same name',
  })
  .default([]);

export type Callback = z.output<typeof callbackSchema>;

/** Which callbacks an event goes to. */
export const callbacksFor = (
  event: Pick<EventEnvelope, 'type' | 'data'>,
  landscape: Pick<Landscape, 'callbacks' | 'managedTenants'>,
): readonly Callback[] =>
  landscape.callbacks.filter(
    ({ events, tenants }) =>
      (events === undefined || events.some((wanted) => isOf(event.type, wanted))) &&
      (tenants === undefined || tenants.includes(tenantOf(event, landscape) ?? '')),
  );

/** With the full stop after it, a type is no beginning of another one, and a family of no other family. */
const isOf = (type: string, wanted: string): boolean =>
  type.startsWith(`com.vnetvending.${wanted}.`);

/** Alias of the managed tenant that an event is about. */
function tenantOf(
  { data }: Pick<EventEnvelope, 'data'>,
  landscape: Pick<Landscape, 'managedTenants'>,
): string | undefined {
  const parsed = aboutTenant.safeParse(data);
  if (!parsed.success) return undefined;
  return findManagedTenant(landscape, parsed.data.target.tenant)?.alias;
}

const aboutTenant = z.looseObject({ target: z.looseObject({ tenant: z.string() }) });
