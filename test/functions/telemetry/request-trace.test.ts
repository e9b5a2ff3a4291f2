import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { expect, it, onTestFinished } from 'vitest';
import { senderOf } from '../../../src/functions/telemetry/message-span.ts';
import {
  keepSender,
  parseTraceparent,
  readTrace,
  traceOf,
} from '../../../src/functions/telemetry/request-trace.ts';
import { openSqliteLedger } from '../../../src/ledger/sqlite-ledger.ts';
import { parseMessage } from '../../../src/model/parse-message.ts';
import { at, claimOf } from '../../ledger/contract-samples.ts';
import { sampleBody } from '../../model/samples.ts';
import { ApiBench } from '../http/api-bench.ts';
import { people } from '../http/people.ts';

const one = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const two = '00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

it.each([
  ['nothing', undefined],
  ['an old id of .NET', '|7ab2.1.'],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
  ['a span id of zeros', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
  ['capitals', one.toUpperCase()],
  ['a later version', `cc${one.slice(2)}`],
])('%s is no trace', (_, text) => {
  expect(parseTraceparent(text)).toBeUndefined();
});

it('a trace is read with its flag: whoever does not want to be sampled is not', () => {
  expect(parseTraceparent(one)).toMatchObject({ spanId: 'b7ad6b7169203331', traceFlags: 1 });
  expect(parseTraceparent(two)?.traceFlags).toBe(0);
  expect(traceOf('RITM1', parseTraceparent(two)).request.traceFlags).toBe(0);
});

it('the trace of a request is the same wherever it is asked for, and its own', () => {
  const { request } = traceOf('RITM1', undefined);
  expect(request.traceId).toMatch(/^[\da-f]{32}$/);
  expect(request.spanId).toMatch(/^[\da-f]{16}$/);
  expect(traceOf('RITM1', undefined).request).toEqual(request);
  expect(traceOf('RITM2', undefined).request.traceId).not.toBe(request.traceId);
});

it('what the sender wrote into the event counts before what a library put beside it', () => {
  const sent = (envelope: object, applicationProperties?: Record<string, string>) => {
    const body = {
      specversion: '1.0',
      id: '1',
      source: '/a',
      type: 'b',
      data: sampleBody(),
      ...envelope,
    };
    const bytes = Buffer.from(JSON.stringify(body));
    const message = { body: bytes, applicationProperties } as unknown as ServiceBusReceivedMessage;
    return senderOf({ body: bytes, message }, parseMessage(bytes))?.traceId;
  };
  const [first, second] = [one, two].map((text) => text.slice(3, 35));
  expect(sent({ traceparent: one }, { traceparent: two })).toBe(first);
  expect(sent({}, { traceparent: two, 'Diagnostic-Id': one })).toBe(second);
  expect(sent({ traceparent: 'nonsense' }, { 'Diagnostic-Id': one })).toBe(first);
  expect(sent({})).toBeUndefined();
});

it('the ledger keeps the trace of the sender; without the ledger there is one all the same', async () => {
  const ledger = openSqliteLedger(':memory:');
  onTestFinished(() => ledger.close());
  await ledger.claimRequest(claimOf('RITM1'), at);
  await keepSender(ledger, 'RITM1', undefined);
  expect((await readTrace(ledger, 'RITM1')).sender).toBeUndefined();
  await keepSender(ledger, 'RITM1', parseTraceparent(one));
  const { sender, request } = await readTrace(ledger, 'RITM1');
  expect([sender?.traceId, request.traceId]).toEqual([one.slice(3, 35), one.slice(3, 35)]);
  const away = { getStepState: () => Promise.reject(new Error('the ledger is away')) };
  expect(await readTrace(away, 'RITM1')).toEqual(traceOf('RITM1', undefined));
});

it('a caller of the API gives its trace by the header', async () => {
  const bench = new ApiBench();
  const { id: _id, requester: _requester, ...body } = sampleBody() as Record<string, unknown>;
  const answer = await bench.post('/api/requests', {
    as: people.ada,
    body,
    headers: { 'idempotency-key': '6f1f1d9e-6d0b-4c2e-9a6e-7a3a2b1c0d9e', traceparent: one },
  });
  expect(answer.status).toBe(202);
  const { id } = answer.json as { id: string };
  expect((await readTrace(bench.ledger, id)).sender?.traceId).toBe(one.slice(3, 35));
});
