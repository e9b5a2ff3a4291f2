import { z } from 'zod';
import { eventData, rejectionData } from '../src/model/event-data.ts';
import { eventEnvelopeSchema } from '../src/model/event-envelope.ts';
import { dataSchemaId, type EventType } from '../src/model/events.ts';
import { messageSchemas } from '../src/model/parse-message.ts';
import { eventExamples } from './event-examples.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** The published JSON Schemas: text by path under docs/schemas. */
export function renderSchemas(): ReadonlyMap<string, string> {
  const schemas = new Map<string, JsonSchema>();
  for (const [operation, schema] of Object.entries(messageSchemas)) {
    schemas.set(`messages/${operation}.json`, messageSchema(operation, schema));
  }
  schemas.set('messages/message.json', anyMessage(Object.keys(messageSchemas)));
  const events = { ...eventData, 'request.rejected': rejectionData };
  for (const [type, schema] of Object.entries(events)) {
    schemas.set(`events/${type}.v1.json`, dataSchema(type as EventType, schema));
  }
  schemas.set('events/event.json', anyEvent(Object.keys(events) as EventType[]));
  return new Map([...schemas].map(([file, schema]) => [file, jsonText(schema)]));
}

const jsonText = (schema: JsonSchema): string => `${JSON.stringify(schema, null, 2)}\n`;

const messageId = (operation: string): string => `urn:vnetvending:message:${operation}:v1`;

/** What a sender writes; a member that is not known is refused. */
function messageSchema(operation: string, schema: z.ZodType): JsonSchema {
  const { $schema, properties, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return {
    $schema,
    $id: messageId(operation),
    title: `Message to vnet-requests: ${operation}`,
    ...rest,
    properties: { ...properties, version: { enum: [1, '1'] } },
  };
}

/** Bare, or as the data of a CloudEvent. */
function anyMessage(operations: readonly string[]): JsonSchema {
  const anyOf = operations.map((operation) => ({ $ref: messageId(operation) }));
  const attribute = { type: 'string', minLength: 1, maxLength: 2_000 };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:vnetvending:message:v1',
    title: 'Message to vnet-requests',
    anyOf: [
      ...anyOf,
      {
        type: 'object',
        required: ['specversion', 'id', 'source', 'type', 'data'],
        properties: {
          specversion: { const: '1.0' },
          id: attribute,
          source: attribute,
          type: attribute,
          time: { type: 'string', format: 'date-time' },
          datacontenttype: { type: 'string' },
          data: { anyOf },
        },
      },
    ],
  };
}

/** A receiver is to take members that it does not know: they may come without a new version. */
function open(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
}

function dataSchema(type: EventType, schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = open(schema);
  const title = `data of com.vnetvending.${type}.v1`;
  const examples = [eventExamples.get(type)?.data];
  return { $schema, $id: dataSchemaId(type), title, ...rest, examples };
}

function anyEvent(types: readonly EventType[]): JsonSchema {
  const { $schema, ...rest } = open(eventEnvelopeSchema);
  return {
    $schema,
    $id: 'urn:vnetvending:event',
    title: 'Event on vnet-events (CloudEvents 1.0, structured)',
    ...rest,
    oneOf: types.map((type) => ({
      properties: {
        type: { const: `com.vnetvending.${type}.v1` },
        dataschema: { const: dataSchemaId(type) },
        data: { $ref: dataSchemaId(type) },
      },
    })),
  };
}
