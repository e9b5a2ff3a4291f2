import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { AzureServices } from '../contracts.ts';
import type { Switches } from '../switches.ts';
import {
  changeState,
  describeState,
  StateChangeError,
  stateChangeSchema,
} from './control-state.ts';
import { type FaultList, faultSchema } from './faults.ts';
import type { RequestLog } from './request-log.ts';

/**
 * `/_control`: request log, faults and state of the emulated Azure, for tests and demos (DESIGN.md).
 * No token; the server listens on the loopback interface only, and the Host header has to say so,
 * lest a web page in somebody's browser gets here through a name of its own.
 */
export function controlApi(options: {
  readonly services: AzureServices;
  /** The same object as in the services; here it may change. */
  readonly switches: { -readonly [Name in keyof Switches]: Switches[Name] };
  readonly faults: FaultList;
  readonly log: RequestLog;
  /** Brings about what time alone changes, before the state is shown or changed. */
  readonly beforeEach: () => void;
}): Hono {
  const { services, faults, log } = options;
  const app = new Hono();
  app.use(async (context, next) => {
    const host = (context.req.header('host') ?? '').replace(/:\d+$/, '');
    if (!['localhost', '127.0.0.1', '[::1]'].includes(host)) {
      return context.json(
        { error: 'The control API answers on the loopback interface only.' },
        403,
      );
    }
    return next();
  });
  app.get('/requests', (context) => context.json(log.list()));
  app.delete('/requests', (context) => {
    log.clear();
    return context.body(null, 204);
  });
  app.get('/faults', (context) => context.json(faults.list()));
  app.post('/faults', (context) =>
    withBody(context, faultSchema, (fault) => context.json(faults.add(fault), 201)),
  );
  app.delete('/faults', (context) => {
    faults.clear();
    return context.body(null, 204);
  });
  app.get('/state', (context) => {
    options.beforeEach();
    return context.json(describeState(services) as object);
  });
  app.post('/state', (context) =>
    withBody(context, stateChangeSchema, (change) => {
      options.beforeEach();
      changeState(services, options.switches, change);
      return context.json(describeState(services) as object);
    }),
  );
  app.all('*', (context) =>
    context.json({ error: `There is no ${context.req.method} ${context.req.path}.` }, 404),
  );
  return app;
}

/** Checks the body and carries on; what is wrong is said in a 400. */
async function withBody<T>(
  context: Context,
  schema: z.ZodType<T>,
  carryOn: (body: T) => Response,
): Promise<Response> {
  let json: unknown;
  try {
    json = await context.req.json();
  } catch (error) {
    return badRequest(context, `The body is not JSON: ${messageOf(error)}`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) return badRequest(context, z.prettifyError(parsed.error));
  try {
    return carryOn(parsed.data);
  } catch (error) {
    if (error instanceof StateChangeError) return badRequest(context, error.message);
    throw error;
  }
}

function badRequest(context: Context, error: string): Response {
  return context.json({ error }, 400);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
