import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsOf from 'ajv-formats';

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, unknown>> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** What was asked of the API, and what it answered. */
export interface Exchange {
  readonly method: string;
  /** Without the query. */
  readonly pathname: string;
  /** As it was sent; absent when it was no JSON. */
  readonly sent?: unknown;
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
}

export const openApiDocument = JSON.parse(
  readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
) as Document;

const ajv = new Ajv2020({ strict: false, allErrors: true });
// The package says what it exports in the way of CommonJS.
(addFormatsOf as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema(openApiDocument, 'document');
const validators = new Map<string, ValidateFunction>();

/** What of an exchange the OpenAPI document does not allow; undefined where it says nothing of the address. */
export function contractFaults(exchange: Exchange): readonly string[] | undefined {
  const { method, pathname, status, body, sent } = exchange;
  const found = operationOf(method, pathname);
  if (found === undefined) return undefined;
  const { path, operation } = found;
  const [type = ''] = exchange.contentType.split(';');
  if (status === 304) return [];
  const content = operation.responses[status]?.content;
  if (content === undefined) return [`${status} is not documented`];
  if (!Object.hasOwn(content, type)) return [`${status} is not documented as ${type}`];
  const where = ['paths', path, method.toLowerCase()];
  const answer = /json$/.test(type)
    ? faultsOf([...where, 'responses', String(status), 'content', type, 'schema'], body)
    : [];
  const wasTaken = status < 300 && operation.requestBody !== undefined;
  const request = wasTaken
    ? faultsOf([...where, 'requestBody', 'content', 'application/json', 'schema'], sent)
    : [];
  return [
    ...answer.map((fault) => `answer: ${fault}`),
    ...request.map((fault) => `body: ${fault}`),
  ];
}

/** The documented operation at an address. */
export function operationOf(
  method: string,
  pathname: string,
): { readonly path: string; readonly operation: Operation } | undefined {
  const parts = pathname.split('/');
  for (const [path, operations] of Object.entries(openApiDocument.paths)) {
    const operation = operations[method.toLowerCase()];
    const segments = path.split('/');
    const fits =
      segments.length === parts.length &&
      segments.every((segment, index) => segment.startsWith('{') || segment === parts[index]);
    if (operation && fits) return { path, operation };
  }
  return undefined;
}

function faultsOf(where: readonly string[], value: unknown): readonly string[] {
  const pointer = where
    .map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  const validate = validators.get(pointer) ?? ajv.compile({ $ref: `document#/${pointer}` });
  validators.set(pointer, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
