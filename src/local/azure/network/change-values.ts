import { z } from 'zod';
import { isPrefix } from '../../../model/prefixes.ts';

/** An ARM id in a change of the state. */
export const id = z.string().startsWith('/subscriptions/', 'must be an ARM id');

export const prefixes = z.array(
  z.string().refine(isPrefix, 'must be a prefix such as 10.0.0.0/24'),
);

/** A change of one kind, out of a list of schemas. */
export type ChangeOf<Schemas extends readonly z.ZodType[], Kind> = Extract<
  z.output<Schemas[number]>,
  { readonly change: Kind }
>;
