import { z } from 'zod';

const text = z.string().min(1);

/** The CloudEvents 1.0 attributes of every event; more may come, which receivers leave alone. */
export const eventEnvelopeSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: text.describe(
    'Identifies the happening, together with source: published twice, it is the same.',
  ),
  source: text,
  type: text,
  subject: text.optional().describe('The request id.'),
  time: z.iso.datetime({ offset: true }),
  datacontenttype: z.literal('application/json'),
  dataschema: text.optional().describe('$id of the schema of data.'),
  traceparent: text.optional(),
  data: z.looseObject({}),
});

export type EventEnvelope = z.output<typeof eventEnvelopeSchema>;
