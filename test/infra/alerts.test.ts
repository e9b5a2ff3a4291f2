import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/sources.ts';
import { logLevels } from '../../src/functions/telemetry/log-events.ts';
import { actionGroup, missing, type Prediction, predict, timeout, variants } from './predict.ts';

describe('The alerts', { timeout }, () => {
  let standard: Prediction;

  beforeAll(async () => {
    if (missing === undefined) {
      standard = await predict('main.bicep', variants.standard);
    }
  }, timeout);

  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });

  const queries = (): Readonly<Record<string, string>> =>
    Object.fromEntries(
      standard
        .ofType('Microsoft.Insights/scheduledQueryRules')
        .map(({ name, properties }) => [name, properties.criteria.allOf[0].query]),
    );

  it('watch what lies in queues', () => {
    const watched = standard
      .ofType('Microsoft.Insights/metricAlerts')
      .map(({ name, properties }) => {
        const [condition] = properties.criteria.allOf;
        const { metricName, timeAggregation, operator, threshold, dimensions } = condition;
        const value = `${timeAggregation} of ${metricName} ${operator} ${threshold}`;
        return [name, value, ...dimensions[0].values];
      });

    expect(watched).toEqual([
      [
        'vnetv-requests-dead-lettered',
        'Maximum of DeadletteredMessages GreaterThan 0',
        'vnet-requests',
        'vnet-events',
      ],
      [
        'vnetv-callbacks-failed',
        'Maximum of ActiveMessages GreaterThan 0',
        'vnet-callbacks-failed',
      ],
      [
        'vnetv-callbacks-failed-more',
        'Total of IncomingMessages GreaterThan 0',
        'vnet-callbacks-failed',
      ],
      [
        'vnetv-requests-rejected',
        'Maximum of ActiveMessages GreaterThan 0',
        'vnet-requests-rejected',
      ],
      [
        'vnetv-requests-rejected-more',
        'Total of IncomingMessages GreaterThan 0',
        'vnet-requests-rejected',
      ],
    ]);
  });

  it('watch the events of the log', () => {
    expect(Object.keys(queries())).toEqual([
      'vnetv-request-parked',
      'vnetv-requests-failed',
      'vnetv-unforeseen',
      'vnetv-dead-letters-more',
      'vnetv-pool-nearly-full',
      'vnetv-no-heartbeat',
    ]);
    expect(queries()['vnetv-request-parked']).toContain("event == 'request.parked'");
    expect(queries()['vnetv-requests-failed']).toContain("event == 'request.state'");
    expect(queries()['vnetv-pool-nearly-full']).toContain('>= 77');
    expect(queries()['vnetv-no-heartbeat']).toContain("event == 'sweep.result'");
    for (const query of Object.values(queries())) {
      expect(query).toMatch(/^AppTraces\n/);
      // Nothing of the format is left.
      expect(query).not.toMatch(/\{\d\}/);
    }
  });

  it('ask for events and fields that the app writes', () => {
    const written = readFileSync(
      join(projectRoot, 'src/functions/telemetry/log-events.ts'),
      'utf8',
    );
    for (const query of Object.values(queries())) {
      const events = query.match(/'[a-z]+\.[a-z]+'/g) ?? [];

      expect(events).not.toEqual([]);
      for (const event of events) expect(Object.keys(logLevels)).toContain(event.slice(1, -1));
      for (const [, field] of query.matchAll(/\bentry\.(\w+)/g)) {
        if (field === 'event') continue;
        expect(written, field).toMatch(new RegExp(`(readonly |\`)${field}\\b`));
      }
    }
  });

  it('tell of each request that is parked or fails unforeseen, and do not take it back by themselves', () => {
    for (const { name, properties } of standard.ofType('Microsoft.Insights/scheduledQueryRules')) {
      const isSplit = ['vnetv-request-parked', 'vnetv-unforeseen'].includes(name);
      const [{ dimensions, query }] = properties.criteria.allOf;

      expect(properties.autoMitigate, name).toBe(!isSplit);
      expect(dimensions, name).toEqual(
        isSplit ? [{ name: 'requestId', operator: 'Include', values: ['*'] }] : [],
      );
      if (isSplit) expect(query).toMatch(/^\| extend requestId = /m);
    }
  });

  it('are raised where nothing is logged any more', () => {
    const { properties } = standard.one(
      'Microsoft.Insights/scheduledQueryRules',
      'vnetv-no-heartbeat',
    );
    const [{ operator, threshold, timeAggregation }] = properties.criteria.allOf;

    expect({ operator, threshold, timeAggregation }).toEqual({
      operator: 'LessThan',
      threshold: 1,
      timeAggregation: 'Count',
    });
  });

  it('tell the action groups that the parameter names', () => {
    for (const { properties } of standard.ofType('Microsoft.Insights/metricAlerts')) {
      expect(properties.actions).toEqual([{ actionGroupId: actionGroup }]);
    }
    for (const { properties } of standard.ofType('Microsoft.Insights/scheduledQueryRules')) {
      expect(properties.actions).toEqual({ actionGroups: [actionGroup] });
    }
  });
});
