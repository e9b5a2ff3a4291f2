import { describe, expect, it, vi } from 'vitest';
import { csvLine } from '../../../src/functions/http/csv.ts';
import type { AuditEntry, AuditPage } from '../../../src/model/audit.ts';
import { limits } from '../../../src/model/limits.ts';
import { ApiBench } from './api-bench.ts';
import { people } from './people.ts';
import { decided, record } from './recorded-requests.ts';

const { ada, ben, ravi } = people;

async function start() {
  const bench = new ApiBench();
  const evil = { ...ada, name: '=HYPERLINK("http://evil.example","Ada")' };
  const first = await record(bench, 'RITM-1', { by: evil, state: 'awaiting-approval' });
  await decided(bench, first, ben, 'approve');
  await record(bench, 'RITM-2', { by: ada });
  return bench;
}

async function entriesOf(bench: ApiBench, path: string): Promise<readonly AuditEntry[]> {
  const all: AuditEntry[] = [];
  for (let next: string | undefined = path; next; ) {
    const page = (await bench.get(next, { as: ravi })).json as AuditPage;
    all.push(...page.entries);
    next = page.next;
  }
  return all;
}

it('the trail is read page by page, oldest first, of all requests or of one', async () => {
  const bench = await start();
  const sequences = async (path: string) =>
    (await entriesOf(bench, path)).map((one) => one.sequence);
  expect(await sequences('/api/audit')).toEqual([1, 2, 3, 4, 5]);
  expect(await sequences('/api/audit?pageSize=2')).toEqual([1, 2, 3, 4, 5]);
  expect(await sequences('/api/audit?after=3')).toEqual([4, 5]);
  expect(await sequences('/api/audit?request=RITM-1&pageSize=1')).toEqual([1, 2, 3, 4]);
  for (const query of ['after=-1', 'after=x', 'pageSize=0', 'pageSize=1001', 'request=..']) {
    expect((await bench.get(`/api/audit?${query}`, { as: ravi })).status).toBe(400);
  }
});

it('the trail is read from its end on as well, of all requests or of one', async () => {
  const bench = await start();
  const sequences = async (query: string) =>
    (await entriesOf(bench, `/api/audit?order=newest${query}`)).map((one) => one.sequence);
  expect(await sequences('')).toEqual([5, 4, 3, 2, 1]);
  for (const size of [1, 2, 3, 4, 5]) {
    expect(await sequences(`&pageSize=${size}`)).toEqual([5, 4, 3, 2, 1]);
  }
  expect(await sequences('&before=3')).toEqual([2, 1]);
  expect(await sequences('&before=1')).toEqual([]);
  expect(await sequences('&request=RITM-1&pageSize=3')).toEqual([4, 3, 2, 1]);
  expect(await sequences('&request=RITM-1&before=3')).toEqual([2, 1]);
  for (const query of ['order=newest&after=2', 'before=2', 'order=x', 'order=newest&before=0']) {
    expect((await bench.get(`/api/audit?${query}`, { as: ravi })).status).toBe(400);
  }
});

it('an untouched trail is told as one', async () => {
  const bench = await start();
  expect((await bench.get('/api/audit/verification', { as: ravi })).json).toMatchObject({
    intact: true,
    entries: 5,
    head: await bench.ledger.auditHead(),
    problems: [],
  });
});

describe('the export', () => {
  it('holds every entry, one a line, exactly as it is chained', async () => {
    const bench = await start();
    const answer = await bench.get('/api/audit/export', { as: ravi });
    expect(answer.headers.get('content-type')).toBe('application/jsonl');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="audit.jsonl"');
    expect(answer.text.endsWith('\n')).toBe(true);
    expect(
      answer.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(await entriesOf(bench, '/api/audit'));
  });

  it('as CSV computes nothing in a spreadsheet', async () => {
    const bench = await start();
    const answer = await bench.get('/api/audit/export?format=csv', { as: ravi });
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const lines = answer.text.split('\r\n');
    expect(lines[0]).toBe(
      'sequence,at,requestId,kind,state,actor,actorObjectId,actorTenantId,facts,recordHash,previousHash,hash',
    );
    expect(lines).toHaveLength(7);
    expect(lines[1]).toContain(`,"'=HYPERLINK(""http://evil.example"",""Ada"")",${ada.objectId},`);
  });

  it('leads to its next part where one answer cannot hold it', async () => {
    const bench = await start();
    vi.spyOn(limits as { auditExportEntries: number }, 'auditExportEntries', 'get').mockReturnValue(
      2,
    );
    const parts: number[] = [];
    for (let next: string | undefined = '/api/audit/export'; next; ) {
      const answer = await bench.get(next, { as: ravi });
      parts.push(answer.text.trimEnd().split('\n').length);
      next = /^<(.*)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    expect(parts).toEqual([2, 2, 1]);
  });

  it('of a trail that is empty is empty', async () => {
    const answer = await new ApiBench().get('/api/audit/export', { as: ravi });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });
});

it.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@sum', "'@sum"],
  ['\tx', "'\tx"],
  ['\rx', '"\'\rx"'],
  ['＝1', "'＝1"],
  ['a=1', 'a=1'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['a\nb', '"a\nb"'],
  ['', ''],
  [-7, '-7'],
])('a cell %j is written as %j', (value, written) => {
  expect(csvLine([value, 'x'])).toBe(`${written},x\r\n`);
});
