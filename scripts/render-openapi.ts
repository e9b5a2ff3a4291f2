import { readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { rights } from '../src/functions/http/access.ts';
import type { AnswerDescription, Route } from '../src/functions/http/route.ts';
import { routes } from '../src/functions/http/routes/all-routes.ts';
import { problemSchema } from '../src/model/api/problems.ts';

/** What every route may refuse. */
const usualProblems = [400, 401, 403, 429, 500];
const problemsOfBodies = [413, 415];

const meanings: Readonly<Record<number, string>> = {
  400: 'Something of the call does not have the form it should have.',
  401: 'Nobody is signed in.',
  403: 'The caller may not do this.',
  404: 'There is no such thing, or the caller may not see it.',
  409: 'The state of things stands against it.',
  412: 'The request has another revision than If-Match names.',
  413: 'The body is too large.',
  415: 'The body is not said to be JSON.',
  422: 'It cannot be done as asked.',
  429: 'The caller asks too often; retry-after says how long to wait.',
  500: 'Something failed that nobody foresaw.',
  502: 'Azure refused, and somebody has to change the set-up.',
  503: 'Azure could not answer; the same call may succeed later.',
};

/** The text of docs/openapi.json. */
export function renderOpenApi(): string {
  const { version } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  const document = createDocument({
    openapi: '3.1.0',
    info: {
      title: 'VNet vending',
      version,
      description:
        'Ask for Azure VNets with prefixes of another tenant, approve them, watch them. Generated from the schemas that the app checks with. How to sign in, page, repeat and decide without ' +
        'losing a race: docs/api.md.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { session: [] }],
    paths: pathsOf(routes),
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token of Microsoft Entra ID for the application of the app.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'AppServiceAuthSession',
          description: 'The session of the page. Changes need the header x-vnetv-csrf: 1 with it.',
        },
      },
    },
  });
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function pathsOf(all: readonly Route[]): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of all) {
    const path = `/${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return paths;
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const { name, summary, description, path, access, body, query } = route;
  const documented = route.documentedBody ?? body;
  return {
    operationId: name,
    tags: [path.split('/')[1] ?? ''],
    summary,
    description: [description, rolesText(access)].filter(Boolean).join('\n\n'),
    requestParams: {
      ...(path.includes('{') ? { path: pathParameters(path) } : {}),
      ...(query === undefined ? {} : { query: query as z.ZodObject }),
      ...(route.headers === undefined ? {} : { header: headerParameters(route.headers) }),
    },
    ...(documented === undefined
      ? {}
      : {
          requestBody: { required: true, content: { 'application/json': { schema: documented } } },
        }),
    responses: responsesOf(route),
  };
}

const rolesText = (access: Route['access']): string =>
  access === 'signed-in'
    ? 'For everybody who is signed in.'
    : `Needs the app role ${Object.keys(rights[access]).join(' or ')}.`;

const pathParameters = (path: string) =>
  z.object(
    Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, z.string()])),
  );

const headerParameters = (headers: Readonly<Record<string, string>>) =>
  z.object(
    Object.fromEntries(
      Object.entries(headers).map(([name, description]) => [
        name,
        z.string().optional().meta({ description }),
      ]),
    ),
  );

function responsesOf({ answers, body, problems = [] }: Route): ZodOpenApiResponsesObject {
  const statuses = [...usualProblems, ...(body ? problemsOfBodies : []), ...problems];
  return {
    ...Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)]),
    ),
    ...Object.fromEntries(
      statuses
        .toSorted((a, b) => a - b)
        .map((status) => [
          `${status}`,
          {
            description: meanings[status] ?? '',
            content: { 'application/problem+json': { schema: problemSchema } },
          },
        ]),
    ),
  };
}

function responseOf({ description, schema, mediaTypes = [], headers = {} }: AnswerDescription) {
  const content = [
    ...(schema === undefined ? [] : [['application/json', { schema }]]),
    ...mediaTypes.map((type) => [type, { schema: z.string() }]),
  ];
  return {
    description,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [
        name,
        { description: text, schema: { type: 'string' as const } },
      ]),
    ),
    content: Object.fromEntries(content),
  };
}
