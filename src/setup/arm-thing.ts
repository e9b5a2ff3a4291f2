import type { z } from 'zod';
import type { TenantName } from './administration.ts';
import { parsed } from './answers.ts';
import type { SetupContext } from './context.ts';

export interface ArmThing<T> {
  readonly tenant: TenantName;
  /** ARM id. */
  readonly path: string;
  readonly apiVersion: string;
  /** For messages: `the pool corp`. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
}

/** One resource, by the four calls that the set-up makes of any. */
export const armThing = <T>(
  { administration }: Pick<SetupContext, 'administration'>,
  { tenant, path, apiVersion, name, schema }: ArmThing<T>,
) => ({
  /** Undefined: it is not there, or what it lies in is not. */
  async get(): Promise<T | undefined> {
    const answer = await administration.arm(tenant, {
      method: 'GET',
      path,
      apiVersion,
      accept: [404],
      doing: `Looking for ${name}`,
    });
    return answer.status === 404 ? undefined : parsed(schema, answer);
  },
  async put(body: object): Promise<void> {
    await administration.arm(tenant, {
      method: 'PUT',
      path,
      apiVersion,
      body,
      doing: `Creating ${name}`,
    });
  },
  async remove(): Promise<void> {
    await administration.arm(tenant, {
      method: 'DELETE',
      path,
      apiVersion,
      accept: [404],
      doing: `Deleting ${name}`,
    });
  },
  /** How many of a kind lie in it; it may be on its way out. */
  async count(kind: string): Promise<number> {
    try {
      const items = await administration.listArm(tenant, {
        method: 'GET',
        path: `${path}/${kind}`,
        apiVersion,
        doing: `Listing what is in ${name}`,
      });
      return items.length;
    } catch (error) {
      // That it is gone is an answer; that the list is not known, or refused, does not say that it is empty.
      if ((await this.get()) === undefined) return 0;
      throw error;
    }
  },
});
