import { z } from 'zod';
import { ok } from '../answer.ts';
import { defineRoute } from '../route.ts';

export const openApi = defineRoute({
  name: 'openApi',
  method: 'GET',
  path: 'api/openapi.json',
  summary: 'This document',
  access: 'signed-in',
  answers: {
    200: { description: 'The OpenAPI document of this version.', schema: z.looseObject({}) },
  },
  handle: async () => {
    // The document is made of the routes, of which this is one: it is loaded when it is asked for.
    const document = await import('../../../../docs/openapi.json', { with: { type: 'json' } });
    return ok(document.default);
  },
});
