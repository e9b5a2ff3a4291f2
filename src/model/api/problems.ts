import { z } from 'zod';

/** RFC 9457 problem details, with our error code and remedy. Media type `application/problem+json`. */
export const problemSchema = z
  .strictObject({
    /** A link to the code's paragraph in docs/errors.md, relative to the project. */
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    /** What happened. */
    detail: z.string(),
    code: z.string(),
    /** Why, as far as known. */
    cause: z.string().optional(),
    /** What to do. */
    remedy: z.string(),
    /** JSON pointers to what is wrong in the body. */
    pointers: z.array(z.string()).optional(),
    /** For `Contradiction` and the like: the request that is there already. */
    instance: z.string().optional(),
    /** For `NotSignedIn`: where people sign in (`?post_login_redirect_uri=` leads back). */
    signInUrl: z.string().optional(),
  })
  .meta({ id: 'Problem' });

export type Problem = z.output<typeof problemSchema>;
