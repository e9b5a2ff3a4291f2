import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findConfidential, secretsOf } from '../replay/confidential.ts';
import { attributeOf, OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.ts';
import { enters, operator, putOfVirtualNetwork, smallRequest } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

const sender = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

async function parkAndResume(test: TestPlatform, id: string): Promise<void> {
  await test.control.addFault({
    match: { ...putOfVirtualNetwork, times: 1 },
    effect: { failOperation: { code: 'AllocationFailed', message: 'No capacity.' } },
  });
  await test.control.addFault({
    match: { method: 'DELETE', path: '/virtualNetworks/' },
    effect: { status: 403, code: 'AuthorizationFailed' },
  });
  await test.send(smallRequest(test, id));
  await test.runToEnd(id);
  await test.control.clearFaults();
  const reason = 'the role is back';
  await test.send({ id: 'CHG-1', operation: 'resume', request: id, by: operator, reason });
  await enters(test, id, 'failed');
}

describe('the traces and metrics of the app', () => {
  let receiver: OtlpReceiver;
  let secrets: readonly string[];
  let events: readonly { readonly subject?: string; readonly traceparent?: string }[];

  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    const test = await TestPlatform.start({
      settings: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    });
    secrets = secretsOf(test.platform.ready);
    await test.send({
      specversion: '1.0',
      id: 'event-1',
      source: '/servicenow',
      type: 'com.example.vnet.requested',
      traceparent: `00-${sender.traceId}-${sender.spanId}-01`,
      data: smallRequest(test, 'TRACE-1'),
    });
    await test.runToEnd('TRACE-1');
    await test.control.addFault({
      match: { ...putOfVirtualNetwork, times: 1 },
      effect: { status: 429, code: 'TooManyRequests' },
    });
    await test.send(smallRequest(test, 'TRACE-2'));
    await test.runToEnd('TRACE-2');
    await parkAndResume(test, 'TRACE-3');
    await test.settle();
    events = (await test.events()) as typeof events;
    // What is not sent yet is sent before the app stops.
    await test.close();
  });
  afterAll(async () => {
    await receiver?.close();
    delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  });

  const spansOf = (requestId: string) => {
    const [root] = receiver.spans.filter(
      (span) =>
        span.name === 'request allocate' &&
        attributeOf(span, 'vnetvending.request.id') === requestId,
    );
    if (!root) throw new Error(`There is no span of the request ${requestId}.`);
    return { root, spans: receiver.spans.filter(({ traceId }) => traceId === root.traceId) };
  };

  /** From a span up to one that has no parent here. */
  function ancestry(span: ReceivedSpan, spans: readonly ReceivedSpan[]): readonly string[] {
    const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
    return [span.name, ...(parent ? ancestry(parent, spans) : [])];
  }

  it('the trace of the sender goes on with the message, the request, its steps and the PUT', () => {
    const { root, spans } = spansOf('TRACE-1');
    expect([root.traceId, root.parentSpanId]).toEqual([sender.traceId, sender.spanId]);
    const put = spans.find(({ name }) => name === 'PUT Microsoft.Network/virtualNetworks');
    expect(put && ancestry(put, spans)).toEqual([
      'PUT Microsoft.Network/virtualNetworks',
      'deployVirtualNetwork',
      'request allocate',
    ]);
    expect(put && attributeOf(put, 'http.response.status_code')).toBe(201);
    const received = spans.find(({ name }) => name === 'receive vnet-requests');
    expect(received && ancestry(received, spans)).toEqual([
      'receive vnet-requests',
      'request allocate',
    ]);
  });

  it('every span of a request is connected, and those of two requests are two traces', () => {
    const [one, two] = ['TRACE-1', 'TRACE-2'].map(spansOf);
    expect(one?.root.traceId).not.toBe(two?.root.traceId);
    for (const { root, spans } of [one, two].filter((found) => found !== undefined)) {
      const loose = spans.filter((span) => ancestry(span, spans).at(-1) !== root.name);
      expect(loose.map(({ name }) => name)).toEqual([]);
      expect(spans.length).toBeGreaterThan(20);
    }
    // Without a sender the request is the beginning.
    expect(two?.root.parentSpanId ?? '').toBe('');
  });

  it('an attempt that failed says so, by its code alone', () => {
    const { spans } = spansOf('TRACE-2');
    const attempts = spans.filter(({ name }) => name === 'deployVirtualNetwork');
    expect(attempts.map(({ status }) => [status.code, status.message])).toEqual([
      [2, 'Throttled'],
      [0, undefined],
    ]);
    expect(attempts.map((span) => attributeOf(span, 'vnetvending.attempt'))).toEqual([1, 2]);
  });

  it('what follows a resumption is a span within the request, and no span has the id of another', () => {
    const { root, spans } = spansOf('TRACE-3');
    const resumed = spans.filter(({ name }) => name === 'resumed allocate');
    expect(resumed.map(({ parentSpanId }) => parentSpanId)).toEqual([root.spanId]);
    expect(attributeOf(root, 'vnetvending.state')).toBe('compensation-failed');
    const ids = receiver.spans.map(({ spanId }) => spanId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('events carry the trace on to whoever hears of them', () => {
    const traces = events
      .filter(({ subject }) => subject === 'TRACE-1')
      .map(({ traceparent }) => traceparent?.split('-')[1]);
    expect(traces.length).toBeGreaterThan(2);
    expect(new Set(traces)).toEqual(new Set([sender.traceId]));
  });

  it('metrics count ends, calls of Azure and failures', () => {
    const points = (name: string) =>
      receiver.metrics
        .filter((metric) => metric.name === name)
        .flatMap(({ sum, gauge, histogram }) => (sum ?? gauge ?? histogram)?.dataPoints ?? []);
    const ended = points('vnetvending.requests.ended').map((point) => [
      attributeOf(point, 'state'),
      Number(point.asInt ?? point.asDouble),
    ]);
    expect(Object.fromEntries(ended)).toEqual({
      succeeded: 2,
      'compensation-failed': 1,
      failed: 1,
    });
    expect(points('vnetvending.requests.parked')).toHaveLength(1);
    const [duration] = points('vnetvending.request.duration');
    expect(Number(duration?.count)).toBe(2);
    const calls = points('vnetvending.azure.calls').map((point) => [
      attributeOf(point, 'method'),
      attributeOf(point, 'tenant'),
      attributeOf(point, 'status'),
    ]);
    expect(calls).toContainEqual(['PUT', 'fabrikam', '2xx']);
    expect(calls).toContainEqual(['PUT', 'fabrikam', '4xx']);
    expect(calls).toContainEqual(['GET', 'management tenant', '2xx']);
    const failures = points('vnetvending.steps.failed').map((one) => attributeOf(one, 'errorCode'));
    expect(failures).toContain('Throttled');
  });

  it('spans and metrics hold no token, secret, signed address or mail address', () => {
    const told = JSON.stringify([receiver.spans, receiver.metrics]);
    expect(findConfidential(told, secrets)).toEqual([]);
    expect(told).not.toMatch(/[\w.]+@[\w.]+/);
  });
});
