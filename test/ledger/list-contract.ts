import { beforeEach, describe, expect, test } from 'vitest';
import type { Ledger, RequestQuery, RequestRecord } from '../../src/ledger/ledger.ts';
import type { RequestState } from '../../src/model/states.ts';
import { ids, sampleRequest } from '../model/samples.ts';
import { at, claimOf, later } from './contract-samples.ts';

const minute = (number: number): string => new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString();

/** Said again, apart from the ledger. */
const isMeant = (record: RequestRecord, query: Partial<RequestQuery>): boolean =>
  [
    !query.states || query.states.includes(record.state),
    !query.tenant || query.tenant === record.tenant,
    !query.requester || query.requester.objectId === record.request.requester.objectId,
    !query.createdFrom || record.createdAt >= query.createdFrom,
    !query.createdBefore || record.createdAt < query.createdBefore,
  ].every(Boolean);

/** What every store's list of requests must do. */
export function describeListContract(getLedger: () => Ledger): void {
  describe('the list of requests', () => {
    let ledger: Ledger;

    beforeEach(() => {
      ledger = getLedger();
    });

    /** `RITM0` to `RITM<count - 1>`, one a minute. */
    const claimMany = async (count: number, first = 0): Promise<void> => {
      for (let index = first; index < first + count; index++) {
        const id = `RITM${index}`;
        const objectId = index % 3 === 0 ? ids.approver : ids.requester;
        const request = sampleRequest({
          id,
          requester: { name: 'Ada', objectId, tenantId: ids.managedTenant },
        });
        const tenant = index % 2 === 0 ? 'fabrikam' : 'northwind';
        await ledger.claimRequest({ ...claimOf(id), request, tenant }, minute(index));
      }
    };

    const listAll = async (
      query: Partial<RequestQuery>,
      between?: (page: number) => Promise<void>,
    ): Promise<readonly string[]> => {
      const found: string[] = [];
      let continuation: string | undefined;
      for (let page = 1; page < 50; page++) {
        const answer = await ledger.listRequests({
          pageSize: 4,
          ...query,
          ...(continuation === undefined ? {} : { continuation }),
        });
        expect(answer.requests.length).toBeLessThanOrEqual(query.pageSize ?? 4);
        found.push(...answer.requests.map(({ id }) => id));
        continuation = answer.continuation;
        if (continuation === undefined) return found;
        await between?.(page);
      }
      throw new Error('The pages do not end.');
    };

    const named = (...numbers: readonly number[]): readonly string[] =>
      numbers.map((number) => `RITM${number}`);

    test('is newest first, in pages, with whole records', async () => {
      await claimMany(10);
      expect(await listAll({})).toEqual(named(9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
      const { requests } = await ledger.listRequests({ pageSize: 1 });
      expect(requests).toEqual([await ledger.getRequest('RITM9')]);
      expect(await listAll({ pageSize: 10 })).toHaveLength(10);
    });

    test('an empty list has no next page, and a full last page neither', async () => {
      expect(await ledger.listRequests({ pageSize: 5 })).toEqual({ requests: [] });
      await claimMany(5);
      expect(await ledger.listRequests({ pageSize: 5 })).not.toHaveProperty('continuation');
    });

    test('requests that come while the pages are read neither repeat nor hide others', async () => {
      await claimMany(10);
      const found = await listAll({}, (page) => claimMany(3, 10 * page));
      expect(found).toEqual(named(9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    });

    test('is filtered by state', async () => {
      await claimMany(6);
      for (const id of named(1, 2, 3)) await ledger.updateRequest(id, { state: 'planning' }, later);
      await ledger.updateRequest('RITM2', { state: 'awaiting-approval' }, later);
      await ledger.updateRequest('RITM3', { state: 'failed' }, later);
      expect(await listAll({ states: ['awaiting-approval'] })).toEqual(named(2));
      expect(await listAll({ states: ['failed', 'planning'], pageSize: 1 })).toEqual(named(3, 1));
      expect(await listAll({ states: ['expired'] })).toEqual([]);
      expect(await listAll({ states: [] })).toEqual([]);
    });

    test('is filtered by requester: both ids, whatever their case', async () => {
      await claimMany(9);
      const tenantId = ids.managedTenant;
      const objectId = ids.approver.toUpperCase();
      expect(await listAll({ requester: { objectId, tenantId }, pageSize: 2 })).toEqual(
        named(6, 3, 0),
      );
      const elsewhere = { objectId, tenantId: ids.managementTenant };
      expect(await listAll({ requester: elsewhere })).toEqual([]);
    });

    test('is filtered by tenant and time, and all filters hold together', async () => {
      await claimMany(12);
      expect(await listAll({ tenant: 'northwind' })).toEqual(named(11, 9, 7, 5, 3, 1));
      const time = { createdFrom: minute(4), createdBefore: minute(8) };
      expect(await listAll({ ...time, pageSize: 3 })).toEqual(named(7, 6, 5, 4));
      expect(await listAll({ createdFrom: minute(10) })).toEqual(named(11, 10));
      expect(await listAll({ createdBefore: minute(2) })).toEqual(named(1, 0));
      const requester = { objectId: ids.requester, tenantId: ids.managedTenant };
      const query = { ...time, tenant: 'northwind', requester, states: ['received'] } as const;
      expect(await listAll({ ...query, pageSize: 1 })).toEqual(named(7, 5));
    });

    test('any filters, in pages of any size, give what a look through all gives', async () => {
      await claimMany(12);
      const paths: readonly (readonly RequestState[])[] = [
        [],
        ['planning'],
        ['planning', 'awaiting-approval'],
        ['planning', 'deploying'],
        ['planning', 'failed'],
      ];
      for (let index = 0; index < 12; index++) {
        for (const state of paths[index % paths.length] ?? []) {
          await ledger.updateRequest(`RITM${index}`, { state }, later);
        }
      }
      const { requests: all } = await ledger.listRequests({ pageSize: 100 });
      const chosen: readonly (readonly RequestState[] | undefined)[] = [
        undefined,
        ['received', 'planning', 'awaiting-approval'],
        ['failed', 'planning'],
      ];
      const requester = { objectId: ids.requester, tenantId: ids.managedTenant };
      const others: readonly Partial<RequestQuery>[] = [
        { tenant: 'fabrikam' },
        { requester },
        { createdFrom: minute(2), createdBefore: minute(11) },
        { tenant: 'fabrikam', requester, createdFrom: minute(2) },
      ];
      for (const states of chosen) {
        for (const [index, other] of others.entries()) {
          const query = { ...other, ...(states ? { states } : {}) };
          const expected = all.filter((record) => isMeant(record, query)).map(({ id }) => id);
          expect(expected.length).toBeGreaterThan(0);
          expect(await listAll({ ...query, pageSize: index + 1 })).toEqual(expected);
        }
      }
    });

    test('a filter value is a value, whatever it holds', async () => {
      const tenant = `o'hara" or '1' eq '1`;
      await ledger.claimRequest({ ...claimOf('A'), tenant }, at);
      await ledger.claimRequest({ ...claimOf('B'), tenant: 'fabrikam' }, at);
      expect(await listAll({ tenant })).toEqual(['A']);
      expect(await listAll({ tenant: `x' or '1' eq '1` })).toEqual([]);
    });

    test.each(['', '0', '-1', '1.5', 'x', "1' or '1' eq '1", '9'.repeat(16)])(
      'the continuation %j, which no page gave, is refused',
      async (continuation) => {
        await expect(ledger.listRequests({ pageSize: 1, continuation })).rejects.toMatchObject({
          name: 'InvalidContinuation',
        });
      },
    );

    test.each([0, -1, 1.5, 1_001, Number.NaN])(
      'a page of %d entries is refused',
      async (pageSize) => {
        await expect(ledger.listRequests({ pageSize })).rejects.toThrow(RangeError);
        await expect(ledger.listAudit({ pageSize })).rejects.toThrow(RangeError);
      },
    );
  });
}
