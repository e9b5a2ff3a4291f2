import { app } from '@azure/functions';
import * as df from 'durable-functions';

/** What activities have done, for the tests that look behind the scenes. */
const shared = globalThis as { workflowJournal?: string[] };
shared.workflowJournal ??= [];
const journal = shared.workflowJournal;

df.app.activity('echo', { handler: (input: unknown) => input });

df.app.activity('note', {
  handler: (input: string) => {
    journal.push(input);
    return input;
  },
});

df.app.activity('slowly', {
  handler: async (input: string) => {
    await new Promise((resolve) => setImmediate(resolve));
    journal.push(input);
    return input;
  },
});

const failuresLeft = new Map<string, number>();

df.app.activity('failTimes', {
  handler: (input: { key: string; times: number }) => {
    const left = failuresLeft.get(input.key) ?? input.times;
    failuresLeft.set(input.key, left - 1);
    if (left > 0) {
      throw new Error(`not yet, ${left} to go`);
    }
    return 'at last';
  },
});

df.app.activity('hang', { handler: () => new Promise(() => undefined) });

df.app.orchestration('chain', function* (context) {
  const input = context.df.getInput() as { words: string[] };
  const said: unknown[] = [];
  for (const word of input.words) {
    said.push(yield context.df.callActivity('note', word));
  }
  return { said, version: context.df.version };
});

df.app.orchestration('kinds', function* (context) {
  const results: unknown[] = [];
  for (const value of ['text', '123', 7, 1.5, true, null, { a: [1] }, ['x']]) {
    results.push(yield context.df.callActivity('echo', value));
  }
  return results;
});

df.app.orchestration('fanOut', function* (context) {
  const count = context.df.getInput() as number;
  const tasks = Array.from({ length: count }, (_, i) => context.df.callActivity('slowly', `${i}`));
  return yield context.df.Task.all(tasks);
});

df.app.orchestration('sleep', function* (context) {
  const milliseconds = context.df.getInput() as number;
  const started = context.df.currentUtcDateTime.getTime();
  yield context.df.createTimer(new Date(started + milliseconds));
  return context.df.currentUtcDateTime.getTime() - started;
});

df.app.orchestration('race', function* (context) {
  const { waitMs } = context.df.getInput() as { waitMs: number };
  const dueAt = new Date(context.df.currentUtcDateTime.getTime() + waitMs);
  const timer = context.df.createTimer(dueAt);
  const event = context.df.waitForExternalEvent('decision');
  const winner = yield context.df.Task.any([event, timer]);
  if (winner === event) {
    if (!timer.isCompleted) {
      timer.cancel();
    }
    const noted = yield context.df.callActivity('echo', { decided: event.result });
    return noted;
  }
  return 'timed out';
});

df.app.orchestration('collect', function* (context) {
  yield context.df.callActivity('echo', 'before');
  const first = yield context.df.waitForExternalEvent('item');
  const second = yield context.df.waitForExternalEvent('item');
  return [first, second];
});

df.app.orchestration('parent', function* (context) {
  const words = context.df.getInput() as string[];
  const children = words.map((word) => context.df.callSubOrchestrator('chain', { words: [word] }));
  const named = context.df.callSubOrchestrator('chain', { words: ['named'] }, 'child-by-name');
  return yield context.df.Task.all([...children, named]);
});

df.app.orchestration('failing', function* (context) {
  yield context.df.callActivity('echo', 1);
  throw new Error('no such luck');
});

df.app.orchestration('parentOfFailing', function* (context) {
  try {
    yield context.df.callSubOrchestrator('failing', null);
  } catch (error) {
    return (error as Error).message;
  }
  return 'unexpected';
});

df.app.orchestration('catching', function* (context) {
  try {
    yield context.df.callActivity('failTimes', { key: context.df.instanceId, times: 1 });
  } catch (error) {
    return (error as Error).message;
  }
  return 'unexpected';
});

df.app.orchestration('retrying', function* (context) {
  const { times, attempts } = context.df.getInput() as { times: number; attempts: number };
  const options = new df.RetryOptions(1000, attempts);
  options.backoffCoefficient = 2;
  const input = { key: context.df.instanceId, times };
  let result: unknown;
  try {
    result = yield context.df.callActivityWithRetry('failTimes', options, input);
  } catch (error) {
    result = (error as Error).message;
  }
  const after = yield context.df.callActivity('echo', 'after');
  return [result, after];
});

df.app.orchestration('counter', function* (context) {
  const { count, limit } = context.df.getInput() as { count: number; limit: number };
  yield context.df.callActivity('note', `round ${count}`);
  if (count < limit) {
    context.df.continueAsNew({ count: count + 1, limit });
    return undefined;
  }
  return count;
});

df.app.orchestration('status', function* (context) {
  context.df.setCustomStatus({ step: 'waiting' });
  yield context.df.waitForExternalEvent('go');
  context.df.setCustomStatus({ step: 'done' });
  return context.df.newGuid(context.df.instanceId);
});

df.app.orchestration('leavesTimer', function* (context) {
  const { timerMs, again } = context.df.getInput() as { timerMs: number; again?: boolean };
  const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + timerMs));
  yield context.df.Task.any([timer, context.df.callActivity('echo', 1)]);
  if (again) {
    context.df.continueAsNew({ timerMs });
  }
  return 'returned';
});

df.app.orchestration('cancelsAndWaits', function* (context) {
  const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
  yield context.df.Task.any([timer, context.df.waitForExternalEvent('first')]);
  timer.cancel();
  return yield context.df.waitForExternalEvent('second');
});

df.app.orchestration('twoWaiters', function* (context) {
  const waiters = [1, 2].map(() => context.df.waitForExternalEvent('item'));
  return yield context.df.Task.all(waiters);
});

const hooks = globalThis as { duringLastTurn?: (() => void) | undefined };

df.app.orchestration('waitsInSecondRound', function* (context) {
  const round = context.df.getInput() as number;
  if (round === 1) {
    yield context.df.callActivity('echo', 1);
    hooks.duringLastTurn?.();
    context.df.continueAsNew(2);
    return undefined;
  }
  return [round, yield context.df.waitForExternalEvent('go')];
});

df.app.orchestration('failFastAll', function* (context) {
  const failing = context.df.callActivity('failTimes', { key: context.df.instanceId, times: 1 });
  const event = context.df.waitForExternalEvent('release');
  try {
    yield context.df.Task.all([failing, event]);
  } catch {
    yield context.df.callActivity('note', 'compensated');
  }
  return 'done';
});

df.app.orchestration('yieldsTwice', function* (context) {
  const slow = context.df.createTimer(
    new Date(context.df.currentUtcDateTime.getTime() + 1_000_000),
  );
  const first = context.df.waitForExternalEvent('one');
  yield context.df.Task.any([slow, first]);
  const other = context.df.callActivity('echo', 'other');
  yield context.df.Task.any([slow, other]);
  return 'done';
});

df.app.orchestration('everything', function* (context) {
  const { round } = context.df.getInput() as { round: number };
  if (round === 1) {
    yield context.df.callActivity('note', 'first round');
    context.df.continueAsNew({ round: 2 });
    return undefined;
  }
  const tasks = ['a', 'b'].map((word) => context.df.callActivity('slowly', word));
  const said: unknown[] = yield context.df.Task.all(tasks);
  yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
  said.push(yield context.df.callSubOrchestrator('chain', { words: ['child'] }));
  const timer = context.df.createTimer(
    new Date(context.df.currentUtcDateTime.getTime() + 3_600_000),
  );
  const event = context.df.waitForExternalEvent('go');
  yield context.df.Task.any([event, timer]);
  if (!timer.isCompleted) {
    timer.cancel();
  }
  said.push(event.result);
  said.push(yield context.df.callActivity('note', 'last'));
  return said;
});

df.app.orchestration('random', function* (context) {
  yield context.df.callActivity('echo', Math.random());
  yield context.df.waitForExternalEvent('go');
  return 'done';
});

df.app.orchestration('callsMissing', function* (context) {
  yield context.df.callActivity('noSuchActivity', 1);
});

df.app.orchestration('hangs', function* (context) {
  yield context.df.callActivity('hang', 1);
});

df.app.client.http('start', {
  route: 'start/{name}/{id?}',
  methods: ['POST'],
  handler: async (request, client) => {
    const text = await request.text();
    const { name = '', id } = request.params;
    const version = request.query.get('version');
    try {
      const instanceId = await client.startNew(name, {
        ...(id === undefined ? {} : { instanceId: id }),
        ...(text === '' ? {} : { input: JSON.parse(text) as unknown }),
        ...(version === null ? {} : { version }),
      });
      return { status: 202, jsonBody: { instanceId } };
    } catch (error) {
      return { status: 409, jsonBody: { message: (error as Error).message } };
    }
  },
});

df.app.client.http('call', {
  route: 'client/{method}/{id?}',
  methods: ['POST'],
  handler: async (request, client) => {
    const { method, id = '' } = request.params;
    const body = (await request.text()) || 'null';
    const calls: Record<string, () => Promise<unknown>> = {
      status: () => client.getStatus(id, { showInput: true }),
      list: () => client.getStatusAll(),
      raise: () => client.raiseEvent(id, request.query.get('event') ?? '', JSON.parse(body)),
      terminate: () => client.terminate(id, 'enough'),
      suspend: () => client.suspend(id, 'a pause'),
      resume: () => client.resume(id, 'on again'),
      purge: () => client.purgeInstanceHistory(id),
      purgeBy: () => client.purgeInstanceHistoryBy({ createdTimeFrom: new Date(0) }),
      rewind: () => client.rewind(id, 'again'),
      entity: () => client.readEntityState(new df.EntityId('counter', id)),
    };
    try {
      const result = (await calls[method ?? '']?.()) ?? null;
      return { jsonBody: { result } };
    } catch (error) {
      return { status: 500, jsonBody: { message: (error as Error).message } };
    }
  },
});

app.http('echoHttp', {
  route: 'echo/{*path}',
  methods: ['PUT', 'GET'],
  handler: async (request) => ({
    status: 201,
    headers: { 'x-method': request.method },
    cookies: [{ name: 'c', value: 'v', httpOnly: true }],
    jsonBody: {
      url: request.url,
      path: request.params['path'],
      query: Object.fromEntries(request.query),
      body: await request.text(),
      header: request.headers.get('x-test'),
    },
  }),
});

app.get('item', { route: 'items/{id:int}', handler: (r) => ({ body: `item ${r.params['id']}` }) });
app.get('special', { route: 'items/special', handler: () => ({ body: 'special' }) });
app.get('bytes', { handler: () => ({ body: new Uint8Array([0, 255, 1]) }) });
app.get('nothing', { handler: () => undefined as never });
app.get('breaks', {
  handler: () => {
    throw new Error('broken');
  },
});
