import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { landscapeSchema } from '../../src/model/landscape.ts';
import { parseMessage } from '../../src/model/parse-message.ts';
import { planDeployment } from '../../src/model/plan-deployment.ts';
import { evaluatePolicy } from '../../src/model/policy.ts';
import { createExistingNetwork, peer } from '../support/existing-network.ts';
import {
  approversOfOverrides,
  enters,
  putOfVirtualNetwork,
  runApproved,
  smallRequest,
} from '../support/requests.ts';
import { rejectReasons } from '../support/stored-messages.ts';
import { TestPlatform } from '../support/test-platform.ts';

/** The JSON blocks of a page. */
function examplesOf(page: string): string[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => json);
}

describe('the examples of the documents', () => {
  it.each(['README.md', 'docs/messages.md'])('are messages that are accepted: %s', (page) => {
    const examples = examplesOf(page);

    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(parseMessage(Buffer.from(example))).toMatchObject({ ok: true });
    }
  });

  it('fit the built-in landscape', () => {
    const parsed = parseMessage(Buffer.from(examplesOf('README.md')[0] ?? ''));
    if (!parsed.ok || parsed.message.operation !== 'allocate') throw new Error('no request');

    expect(planDeployment(parsed.message, readLandscapeFile().landscape)).toMatchObject({
      ok: true,
    });
  });

  it('of a policy is one, and decides as its page says', () => {
    const [example = ''] = examplesOf('docs/local-platform.md');
    const landscape = landscapeSchema.parse({
      ...readLandscapeFile().landscape,
      ...JSON.parse(example),
    });
    const verdictOn = (operation: 'allocate' | 'associate' | 'remove', tenantAlias: string) =>
      evaluatePolicy(
        {
          operation,
          tenantAlias,
          location: 'centralus',
          requester: {},
          allocations: [small],
          tags: {},
        },
        landscape,
      ).verdict;
    const small = {
      poolAlias: 'corp-centralus',
      poolId: landscape.pools[0]?.id ?? '',
      family: 'IPv4',
      numberOfIpAddresses: '256',
    } as const;

    expect(landscape.operators).toHaveLength(1);
    expect(verdictOn('allocate', 'northwind').rule).toBe('small-networks');
    expect(verdictOn('associate', 'fabrikam').rule).toBe('default');
    expect(verdictOn('remove', 'fabrikam').rule).toBe('fabrikam-removes');
    expect(verdictOn('remove', 'northwind')).toMatchObject({
      effect: 'deny',
      rule: 'northwind-keeps',
    });
  });
});

interface Example {
  readonly id: string;
  readonly operation: string;
  /** Of a message about a request. */
  readonly request: string;
  readonly override?: boolean;
}

describe('the examples of the messages, executed', () => {
  const examples = ['README.md', 'docs/messages.md']
    .flatMap(examplesOf)
    .map((example): Example => JSON.parse(example));
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.start();
    await createExistingNetwork(test, 'vnet-branch', '10.2.0.0/24');
    await createExistingNetwork(test, 'vnet-hub', '10.2.1.0/24');
    await peer(test, 'vnet-branch', 'vnet-hub');
  });
  afterAll(async () => {
    await test?.close();
  });

  /** A deployment that fails, and whose VNet may not be deleted for the time being. */
  async function park(id: string): Promise<void> {
    await test.control.addFault({
      match: { ...putOfVirtualNetwork, times: 1 },
      effect: { failOperation: { code: 'AllocationFailed', message: 'No capacity.' } },
    });
    await test.control.addFault({
      match: { method: 'DELETE', path: '/virtualNetworks/' },
      effect: { status: 403, code: 'AuthorizationFailed' },
    });
    await test.send(smallRequest(test, id));
    expect((await test.runToEnd(id)).state).toBe('compensation-failed');
    await test.control.clearFaults();
  }

  /** Answers the request that the example is or is about, in its last state. */
  async function execute(example: Example) {
    switch (example.operation) {
      case 'decide':
        await test.send(example);
        await test.settle();
        expect(await rejectReasons(test)).toEqual([]);
        return await test.runToEnd(example.request);
      case 'resume':
        await park(example.request);
        await test.send(example);
        await enters(test, example.request, 'failed');
        return await test.ledger.getRequest(example.request);
      default:
        if (!examples.some(({ request }) => request === example.id)) {
          return await runApproved(
            test,
            example,
            example.override ? approversOfOverrides : undefined,
          );
        }
        await test.send(example);
        await enters(test, example.id, 'awaiting-approval');
        return await test.ledger.getRequest(example.id);
    }
  }

  it('end as the page says', async () => {
    const ends: (readonly unknown[])[] = [];
    for (const example of examples) {
      const record = await execute(example);
      ends.push([example.operation, record?.id, record?.state]);
    }

    expect(ends).toEqual([
      ['allocate', 'RITM0012345', 'succeeded'],
      ['allocate', 'RITM0012346', 'awaiting-approval'],
      ['associate', 'RITM0012347', 'succeeded'],
      ['remove', 'RITM0012348', 'succeeded'],
      ['remove', 'RITM0012349', 'succeeded'],
      ['decide', 'RITM0012346', 'succeeded'],
      ['resume', 'RITM0012350', 'failed'],
    ]);
    expect(await rejectReasons(test)).toEqual([]);
    const left = [...(await test.lookUp.virtualNetworks('fabrikam')).keys()];
    expect(left.map((id) => id.split('/').at(-1)).sort()).toEqual([
      'vnet-data',
      'vnet-hub',
      'vnet-payments',
    ]);
  });
});

describe('the links of the documents', () => {
  it.each([
    'README.md',
    'CONTRIBUTING.md',
    'docs/architecture.md',
    'docs/messages.md',
    'docs/events.md',
    'docs/event-types.md',
    'docs/servicenow.md',
    'docs/jira.md',
    'docs/local-platform.md',
    'docs/page.md',
    'docs/verified.md',
  ])('lead to files that exist: %s', (page) => {
    const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(
      ([, link = '']) => link,
    );
    for (const link of links) {
      const file = new URL(link, new URL(`../../${page}`, import.meta.url));
      expect(() => readFileSync(file), link).not.toThrow();
    }
  });

  it.each([
    'docs/messages.md',
    'docs/local-platform.md',
    'docs/events.md',
    'docs/servicenow.md',
    'docs/jira.md',
    'docs/page.md',
  ])('lead to headings that exist: %s', (page) => {
    const read = (file: URL) => readFileSync(file, 'utf8');
    const self = new URL(`../../${page}`, import.meta.url);
    const links = [...read(self).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)];
    for (const [, link = '', anchor = ''] of links) {
      const target = link === '' ? self : new URL(link, self);
      expect(headingsIn(read(target)), `${link}#${anchor}`).toContain(anchor);
    }
  });
});

/** The anchors of a page: headings in lower case, with '-' for spaces and no punctuation. */
const headingsIn = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
