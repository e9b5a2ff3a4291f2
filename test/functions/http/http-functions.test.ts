import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ok } from '../../../src/functions/http/answer.ts';
import { defineRoute } from '../../../src/functions/http/route.ts';
import { openRoutes, routes } from '../../../src/functions/http/routes/all-routes.ts';

const folder = new URL('../../../src/functions', import.meta.url).pathname;

it('no file but one registers HTTP functions: there is no way around the checks', () => {
  const registering = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts'))
    .filter((name) =>
      /\.(http|get|post|put|patch|deleteRequest|generic)\(\s*(['"`\w.]+),\s*\{/.test(
        readFileSync(join(folder, name), 'utf8'),
      ),
    );
  expect(registering).toEqual(['http/register-routes.ts']);
});

it('what is open to all is the page, the health, and what is no route', () => {
  expect(openRoutes.map(({ path }) => path)).toEqual(['api/health', 'api/{*path}', '{*path}']);
  for (const { access } of routes) expect(access).not.toBe('open');
});

it('a route that does not say who may call it does not compile', () => {
  // @ts-expect-error: access is missing
  defineRoute({
    name: 'forgotten',
    method: 'GET',
    path: 'api/forgotten',
    summary: '',
    answers: {},
    handle: async () => ok({}),
  });
});

it('changes are no GETs: a link that is followed by a scanner changes nothing', () => {
  const changing = routes.filter(({ method }) => method !== 'GET').map(({ name }) => name);
  expect(changing).toEqual(['createRequest', 'decide', 'cancel', 'resume', 'previewPlan']);
});
